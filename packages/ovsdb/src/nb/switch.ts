/** Logical switches: one for each flat network. */
import { checkInteger, checkName } from '../values.ts';
import { type Ensured, marked, marks, type Northbound, rootRowEnsure, transact } from './context.ts';

export interface SwitchSpec {
  /** Id of the thing the switch stands for. */
  readonly id: string;
  /** Name in OVN; need not be unique there. */
  readonly name: string;
  /** Largest packet, bytes; kept as a hint in other_config. */
  readonly mtu?: number;
  readonly externalIds?: Readonly<Record<string, string>>;
}

/** Makes the switch exist as given. Its ports are not touched. */
export async function switchEnsure(nb: Northbound, spec: SwitchSpec): Promise<Ensured> {
  const otherConfig: Record<string, string> = {};
  if (spec.mtu !== undefined) otherConfig['mtu'] = String(checkInteger(spec.mtu, 576, 65_535, 'mtu'));
  return rootRowEnsure(nb, 'Logical_Switch', spec.id, {
    name: checkName(spec.name),
    other_config: otherConfig,
    external_ids: marks(nb, spec.id, spec.externalIds),
  });
}

/** Removes the switch and with it its ports. True when there was one. */
export async function switchDelete(nb: Northbound, id: string): Promise<boolean> {
  const [result] = await transact(nb, [nb.client.ops.delete('Logical_Switch', [marked(nb, id)])]);
  return (result?.count ?? 0) > 0;
}
