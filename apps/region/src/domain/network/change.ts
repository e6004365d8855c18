/** Flat networks (NET-01…03). The rows are made here; the switch in OVN follows as a task. */
import {
  BasaltError,
  type Network,
  type NetworkId,
  type procedures,
  type SubnetId,
  type SubnetInput,
} from '@basalt/contract';
import type { InputOf } from '@basalt/rpc';
import { differences, newId } from '@basalt/service';
import { addressToNumber, cidrCanonical, cidrContains, cidrInterval, dhcpServerChoose } from '../../ipam/range.ts';
import { isUniqueViolation } from '../../store/database.ts';
import {
  networkInsert,
  networkLock,
  networkOn,
  networksByIds,
  networkShapes,
  networkUpdate,
  networkVmNames,
  subnetUpdate,
  uplinkAll,
} from '../../store/network.ts';
import type { Reader } from '../../store/database.ts';
import { tasksActiveOf } from '../../store/task.ts';
import type { Context } from '../context.ts';
import { mutate } from '../mutate.ts';
import { existing, invalid, kindText, refused } from '../refusal.ts';

type NetworkProcedures = (typeof procedures)['network'];

export async function networkShape(db: Reader, id: NetworkId): Promise<Network> {
  return existing((await networkShapes(db, await networksByIds(db, [id])))[0], 'network');
}

/** @returns the subnet with its block written canonically and its DHCP address. @throws BasaltError invalidInput. */
function subnetCheck(subnet: SubnetInput): SubnetInput & { readonly dhcpServer: string } {
  const cidr = cidrCanonical(subnet.cidr);
  const { from, to } = cidrInterval(cidr);
  if (from !== addressToNumber(subnet.cidr.split('/')[0] ?? ''))
    throw invalid('subnet.cidr', `应为网络地址，例如 ${cidr}`, `must be a network address such as ${cidr}`);
  if (to - from < 3) throw invalid('subnet.cidr', '前缀应不大于 /30', 'the prefix must be /30 or shorter');
  if (subnet.gateway) {
    const gateway = addressToNumber(subnet.gateway);
    if (gateway <= from || gateway >= to)
      throw invalid('subnet.gateway', '网关不在子网的主机地址内', 'must be a host address of the subnet');
  }
  subnet.excluded.forEach((range, i) => {
    const ordered = addressToNumber(range.from) <= addressToNumber(range.to);
    if (!ordered || !cidrContains(cidr, range.from) || !cidrContains(cidr, range.to))
      throw invalid(`subnet.excluded.${i}`, '应为子网内的地址段', 'must be a range inside the subnet');
  });
  const dhcpServer = dhcpServerChoose({ ...subnet, cidr });
  if (!dhcpServer) throw invalid('subnet.excluded', '没有可用地址', 'leaves no address');
  return { ...subnet, cidr, dhcpServer };
}

/** @throws BasaltError vlanTaken, nameTaken, invalidInput. */
export async function networkCreate(ctx: Context, input: InputOf<NetworkProcedures['create']>): Promise<Network> {
  const { requestToken: _token, region: _region, subnet: given, ...values } = input;
  try {
    return await mutate(ctx, { operation: 'network.create', input }, async (work) => {
      const subnet = given && subnetCheck(given);
      const carried = await uplinkAll(work.tx);
      if (!carried.some((uplink) => uplink.name === input.uplink))
        throw invalid('uplink', '没有节点连接该上行网络', 'no host carries this uplink');
      const other = await networkOn(work.tx, input.uplink, input.vlan);
      if (other)
        throw new BasaltError(
          'vlanTaken',
          { uplink: input.uplink, vlan: input.vlan, network: other.name },
          { field: 'vlan' },
        );
      const id = newId<NetworkId>();
      await networkInsert(
        work.tx,
        { ...values, id, state: 'creating' },
        subnet && { ...subnet, id: newId<SubnetId>(), networkId: id },
      );
      const target = { kind: 'network', id, name: input.name };
      const taskId = await work.task('network.create', target, { networkId: id });
      work.changed('network', id, 'created');
      work.log({ resource: target, taskId, details: { ...values, subnet } });
      return networkShape(work.tx, id);
    });
  } catch (error) {
    if (isUniqueViolation(error, 'networks_name_live'))
      throw new BasaltError('nameTaken', { name: input.name }, { field: 'name', cause: error });
    if (isUniqueViolation(error, 'networks_uplink_vlan_live'))
      throw new BasaltError(
        'vlanTaken',
        { uplink: input.uplink, vlan: input.vlan, network: '?' },
        { field: 'vlan', cause: error },
      );
    throw error;
  }
}

/** @throws BasaltError notFound, actionRefused, nameTaken, invalidInput. */
export async function networkChange(ctx: Context, input: InputOf<NetworkProcedures['update']>): Promise<Network> {
  const { id, name, note, dns, routes, dhcp } = input;
  try {
    return await mutate(ctx, { operation: 'network.update', input }, async (work) => {
      const network = existing(await networkLock(work.tx, id), 'network');
      if (network.state === 'deleting') throw refused('网络正在删除', 'The network is being deleted');
      const known = existing((await networksByIds(work.tx, [id]))[0], 'network');
      const own = { ...(name === undefined ? {} : { name }), ...(note === undefined ? {} : { note }) };
      const sub = {
        ...(dns === undefined ? {} : { dns }),
        ...(routes === undefined ? {} : { routes }),
        ...(dhcp === undefined ? {} : { dhcp }),
      };
      const target = { kind: 'network', id, name: name ?? network.name };
      if (Object.keys(own).length > 0) await networkUpdate(work.tx, id, own);
      let taskId = null;
      if (Object.keys(sub).length > 0) {
        if (!known.subnet) throw invalid('dhcp', '该网络未启用地址管理', 'the network manages no addresses');
        await subnetUpdate(work.tx, id, sub);
        taskId = await work.task('network.update', target, { networkId: id });
      }
      work.changed('network', id);
      work.log({
        resource: target,
        taskId,
        details: { ...differences(network, own), ...differences({ ...known.subnet }, sub) },
      });
      return networkShape(work.tx, id);
    });
  } catch (error) {
    if (name !== undefined && isUniqueViolation(error, 'networks_name_live'))
      throw new BasaltError('nameTaken', { name }, { field: 'name', cause: error });
    throw error;
  }
}

/** @throws BasaltError notFound, inUse, actionRefused. */
export function networkDelete(
  ctx: Context,
  input: InputOf<NetworkProcedures['delete']>,
): Promise<Record<string, never>> {
  return mutate(ctx, { operation: 'network.delete', input }, async (work) => {
    const network = existing(await networkLock(work.tx, input.id), 'network');
    const busy = (await tasksActiveOf(work.tx, [input.id])).get(input.id);
    if (network.state === 'deleting' || (busy && busy.state !== 'parked'))
      throw refused('网络正在变更，请等待完成', 'The network is being changed; wait until this has finished');
    const users = await networkVmNames(work.tx, input.id);
    if (users.length > 0) throw new BasaltError('inUse', { kind: kindText('network'), users: users.join(', ') });
    const target = { kind: 'network', id: network.id, name: network.name };
    const taskId = await work.task('network.delete', target, { networkId: network.id });
    await networkUpdate(work.tx, network.id, { state: 'deleting', reason: null });
    work.changed('network', network.id);
    work.log({ resource: target, taskId });
    return {};
  });
}
