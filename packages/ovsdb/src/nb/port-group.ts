/**
 * Port groups: one for each security group, never one for each port (rules on every port make OVN's compiler seven
 * times slower). Members and rules change independently: members come and go with VMs, rules with the operator.
 */
import { encodeRow } from '../codec.ts';
import { OvsdbError } from '../errors.ts';
import { ovnNorthbound } from '../gen/ovn-nb.ts';
import type { Operation } from '../operations.ts';
import { namedUuid, type Uuid } from '../schema.ts';
import { checkIdentifier } from '../values.ts';
import { type AclSpec, aclRow } from './acl.ts';
import {
  difference,
  type Ensured,
  insertedUuid,
  MARK_ID,
  MARK_OWNER,
  marked,
  marks,
  type Northbound,
  retried,
  rowSelect,
  stillAbsent,
  stillThere,
  transact,
  updateOf,
} from './context.ts';

export interface PortGroupSpec {
  readonly id: string;
  /** Used as `@name` in matches; make it with identifierFrom. */
  readonly name: string;
  readonly acls: readonly AclSpec[];
  readonly externalIds?: Readonly<Record<string, string>>;
}

/** Makes the group exist with exactly these rules; members are left alone. One transaction. */
export async function portGroupEnsure(nb: Northbound, spec: PortGroupSpec): Promise<Ensured> {
  const { ops } = nb.client;
  const want = { name: checkIdentifier(spec.name), external_ids: marks(nb, spec.id, spec.externalIds) };
  const rules = new Map(spec.acls.map((acl) => [acl.id, aclRow(nb, acl)]));
  const columns = ovnNorthbound.tables.ACL.columns;
  return retried(async () => {
    const [selected] = await transact(nb, [rowSelect(nb, 'Port_Group', spec.id)]);
    const group = ops.rows('Port_Group', selected)[0];
    if (group === undefined) {
      const inserts = [...rules.values()].map((row) => ({ row, name: namedUuid('acl') }));
      const results = await transact(nb, [
        stillAbsent(nb, 'Port_Group', spec.id),
        ops.insert('Port_Group', { ...want, acls: inserts.map(({ name }) => name) }),
        ...inserts.map(({ row, name }): Operation => ops.insert('ACL', row, name)),
      ]);
      return { uuid: insertedUuid(results[1]), created: true, changed: true };
    }
    const present = await transact(
      nb,
      group.acls.map((uuid) => ops.select('ACL', [['_uuid', '==', uuid]])),
    );
    const changes: Operation[] = [];
    const groupChanges = difference('Port_Group', group, want);
    if (Object.keys(groupChanges).length > 0) changes.push(updateOf('Port_Group', group._uuid, groupChanges));
    const seen = new Set<string>();
    const stale: Uuid[] = [];
    for (const acl of present.flatMap((result) => ops.rows('ACL', result))) {
      const id = acl.external_ids[MARK_ID] ?? '';
      const row = rules.get(id);
      if (row === undefined || seen.has(id)) stale.push(acl._uuid);
      else {
        seen.add(id);
        const aclChanges = difference('ACL', acl, row);
        if (Object.keys(aclChanges).length > 0) changes.push(updateOf('ACL', acl._uuid, aclChanges));
      }
    }
    const self = [['_uuid', '==', group._uuid]] as const;
    if (stale.length > 0) changes.push(ops.mutate('Port_Group', self, [['acls', 'delete', stale]]));
    for (const [id, row] of rules) {
      if (seen.has(id)) continue;
      const name = namedUuid('acl');
      changes.push({ op: 'insert', table: 'ACL', row: encodeRow(columns, row), 'uuid-name': name.named });
      changes.push(ops.mutate('Port_Group', self, [['acls', 'insert', [name]]]));
    }
    if (changes.length === 0) return { uuid: group._uuid, created: false, changed: false };
    // The rules must still be those that were compared, or two writers could each add theirs.
    const guard = ops.wait('Port_Group', self, ['acls'], [{ acls: group.acls }]);
    await transact(nb, [guard, ...changes]);
    return { uuid: group._uuid, created: false, changed: true };
  });
}

/** UUIDs of our ports; many at once are cheaper by one scan than by one condition each. */
async function portUuids(nb: Northbound, portIds: readonly string[]): Promise<Map<string, Uuid>> {
  const { ops } = nb.client;
  const columns = ['_uuid', 'external_ids'];
  const selects =
    portIds.length <= 8
      ? portIds.map((id) => ({ ...rowSelect(nb, 'Logical_Switch_Port', id), columns }))
      : [
          {
            ...ops.select('Logical_Switch_Port', [['external_ids', 'includes', { [MARK_OWNER]: nb.owner }]]),
            columns,
          },
        ];
  const wanted = new Set(portIds);
  const uuids = new Map<string, Uuid>();
  for (const row of (await transact(nb, selects)).flatMap((result) => ops.rows('Logical_Switch_Port', result))) {
    const id = row.external_ids[MARK_ID];
    if (id !== undefined && wanted.has(id)) uuids.set(id, row._uuid);
  }
  return uuids;
}

/** Adds and removes members by port id. Removing what is not there is no error; adding a missing port is. */
export async function portGroupMembersChange(
  nb: Northbound,
  groupId: string,
  change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): Promise<void> {
  const { ops } = nb.client;
  const add = change.add ?? [];
  const remove = change.remove ?? [];
  await retried(async () => {
    const uuids = await portUuids(nb, [...add, ...remove]);
    const missing = add.find((id) => !uuids.has(id));
    if (missing !== undefined) throw new OvsdbError('not-found', `port ${missing} does not exist`);
    const pick = (ids: readonly string[]): Uuid[] => ids.flatMap((id) => uuids.get(id) ?? []);
    const added = pick(add);
    const where = [marked(nb, groupId)] as const;
    const results = await transact(nb, [
      ...added.map((uuid) => stillThere('Logical_Switch_Port', uuid)),
      ops.mutate('Port_Group', where, [
        ['ports', 'delete', pick(remove)],
        ['ports', 'insert', added],
      ]),
    ]);
    if (results.at(-1)?.count === 0) throw new OvsdbError('not-found', `port group ${groupId} does not exist`);
  });
}

/** Makes exactly these ports the members. */
export async function portGroupMembersEnsure(
  nb: Northbound,
  groupId: string,
  portIds: readonly string[],
): Promise<{ readonly changed: boolean }> {
  const { ops } = nb.client;
  return retried(async () => {
    const uuids = await portUuids(nb, portIds);
    const missing = portIds.find((id) => !uuids.has(id));
    if (missing !== undefined) throw new OvsdbError('not-found', `port ${missing} does not exist`);
    const [selected] = await transact(nb, [rowSelect(nb, 'Port_Group', groupId)]);
    const group = ops.rows('Port_Group', selected)[0];
    if (group === undefined) throw new OvsdbError('not-found', `port group ${groupId} does not exist`);
    const ports = [...new Set(uuids.values())];
    const changes = difference('Port_Group', group, { ports });
    if (Object.keys(changes).length === 0) return { changed: false };
    await transact(nb, [
      ops.wait('Port_Group', [['_uuid', '==', group._uuid]], ['ports'], [{ ports: group.ports }]),
      ...ports.map((uuid) => stillThere('Logical_Switch_Port', uuid)),
      updateOf('Port_Group', group._uuid, changes),
    ]);
    return { changed: true };
  });
}

/** Removes the group and its rules. True when there was one. */
export async function portGroupDelete(nb: Northbound, id: string): Promise<boolean> {
  const [result] = await transact(nb, [nb.client.ops.delete('Port_Group', [marked(nb, id)])]);
  return (result?.count ?? 0) > 0;
}
