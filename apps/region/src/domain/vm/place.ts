/** Placement with the database: the cluster held, the pure decision, and its refusal in words with the numbers. */
import { BasaltError, both, type ClusterId, type Placement, type PlacementRule } from '@basalt/contract';
import { placementLock } from '../../store/allocation.ts';
import type { Tx } from '../../store/database.ts';
import { hostCandidates } from '../../store/host.ts';
import { connecting, placeBatch, type Candidate, type Demand } from '../../scheduler/place.ts';
import { gibText } from '../refusal.ts';

export interface Decided {
  readonly candidates: readonly Candidate[];
  readonly placements: readonly Placement[];
}

/** Holds the cluster's placement lock until the transaction ends. */
export async function placeDecide(
  tx: Tx,
  clusterId: ClusterId,
  demands: readonly Demand[],
  cause: Placement['cause'],
): Promise<Decided> {
  await placementLock(tx, clusterId);
  const candidates = await hostCandidates(tx, clusterId);
  return { candidates, placements: placeBatch(candidates, demands, { cause, decidedAt: new Date() }) };
}

const ruleTexts: Readonly<Record<PlacementRule, readonly [zh: string, en: string]>> = {
  state: ['节点状态不可用', 'it is not available'],
  reachable: ['节点失联', 'it cannot be reached'],
  cluster: ['不在该计算集群', 'it is in another compute cluster'],
  architecture: ['CPU 架构不符', 'it has another architecture'],
  virtualisation: ['尚未报告虚拟化能力', 'it has not reported virtualisation'],
  network: ['未连接所需上行网络', 'it lacks the uplink'],
  storage: ['无法访问存储', 'it cannot reach the storage'],
  vcpu: ['vCPU 不足', 'it is short of vCPU'],
  memory: ['内存不足', 'it is short of memory'],
  firmware: ['不支持所需固件', 'it lacks the firmware'],
};

const NAMED = 3;

/**
 * Why nothing fits, with the host that comes nearest; hosts not heard yet come before all else, for they may
 * fit. `field` names the input field of a resource, where the caller has one.
 */
export function placementRefusal(
  placement: Placement,
  { candidates }: Pick<Decided, 'candidates'>,
  field: (rule: 'vcpu' | 'memory') => string | undefined = () => undefined,
): BasaltError {
  const [first] = candidates;
  const awaited = first
    ? connecting(candidates, first)
        .map((host) => host.name)
        .toSorted()
    : [];
  if (awaited.length > 0) {
    const more = awaited.length > NAMED ? ` … (${awaited.length})` : '';
    return new BasaltError('hostsConnecting', { hosts: `${awaited.slice(0, NAMED).join(', ')}${more}` });
  }
  const fix = placement.nearestFix;
  if (!fix)
    return new BasaltError('noHostFits', { reason: both('计算集群中没有节点', 'the compute cluster has no host') });
  const verdict = placement.verdicts.find((v) => v.host.name === fix.host)?.ruledOut;
  if (verdict && (fix.rule === 'memory' || fix.rule === 'vcpu')) {
    const text = (n: string | number) => (fix.rule === 'memory' ? gibText(Number(n)) : String(n));
    return new BasaltError(
      'capacityExceeded',
      {
        resource: fix.rule === 'memory' ? both('内存', 'memory') : 'vCPU',
        needed: text(verdict.needed),
        available: text(verdict.available),
        where: fix.host,
      },
      { field: field(fix.rule) },
    );
  }
  const [zh, en] = ruleTexts[fix.rule];
  return new BasaltError('noHostFits', { reason: both(`${fix.host} ${zh}`, `${fix.host}: ${en}`) });
}
