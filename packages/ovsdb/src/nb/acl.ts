/** Access rules. Their match can only be a `Match`, so nothing a user typed reaches OVN as an expression. */
import { InvalidValueError } from '../errors.ts';
import type { ACLRow } from '../gen/ovn-nb.ts';
import { Match } from '../match.ts';
import type { WritableRow } from '../schema.ts';
import { checkInteger, checkName } from '../values.ts';
import { marks, type Northbound } from './context.ts';

export interface AclSpec {
  readonly id: string;
  /** `to-lport` = towards the guest, `from-lport` = from it. */
  readonly direction: 'from-lport' | 'to-lport';
  /** Higher wins, 0–32767. */
  readonly priority: number;
  readonly match: Match;
  readonly action: 'allow' | 'allow-related' | 'allow-stateless' | 'drop' | 'reject';
  /** Log hits in the log of the host's ovn-controller. */
  readonly log?: {
    readonly name: string;
    readonly severity: 'alert' | 'warning' | 'notice' | 'info' | 'debug';
    /** Name of a meter made by meterEnsure; it must exist before, or OVN logs without limit. */
    readonly meter?: string;
  };
}

/** The row for a rule. */
export function aclRow(nb: Northbound, spec: AclSpec): WritableRow<ACLRow> {
  if (!Match.isMatch(spec.match)) throw new InvalidValueError('match', 'not a Match', spec.match);
  const name = spec.log === undefined ? null : checkName(spec.log.name, 'log.name');
  if (name !== null && name.length > 63) throw new InvalidValueError('log.name', 'longer than 63', name);
  return {
    direction: spec.direction,
    priority: checkInteger(spec.priority, 0, 32_767, 'priority'),
    match: spec.match.toString(),
    action: spec.action,
    log: spec.log !== undefined,
    name,
    severity: spec.log?.severity ?? null,
    meter: spec.log?.meter === undefined ? null : checkName(spec.log.meter, 'log.meter'),
    external_ids: marks(nb, spec.id),
  };
}
