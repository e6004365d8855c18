/** Global search: everything that can be named, by name, id, address or MAC; only kinds the account may read. */
import { and, asc, isNull, sql } from 'drizzle-orm';
import type { Permission, procedures } from '@basalt/contract';
import type { OutputOf } from '@basalt/rpc';
import { likePattern } from '../store/page.ts';
import { hosts, images, networks, tasks, vms } from '../store/schema/index.ts';
import { hostReach, taskReach, vmReach } from '../store/reach.ts';
import type { Context } from './context.ts';
import { reachOf, type Reach } from './rights.ts';

type Found = OutputOf<(typeof procedures)['search']['find']>['items'][number];
const PER_KIND = 8;

/** The line of what it is searched by that holds the text. */
const matchedIn = (lines: string, text: string): string =>
  lines.split('\n').find((line) => line.includes(text.toLowerCase())) ?? '';

/** What is out of reach is not found; kinds that have no owner are found whole or not at all. */
type Finder = (ctx: Context, text: string, pattern: string, reach: Reach) => Promise<Found[]>;

const vmFind: Finder = async ({ services: { db } }, text, pattern, reach) => {
  const rows = await db
    .select({ id: vms.id, name: vms.name, state: vms.state, search: vms.search })
    .from(vms)
    .where(and(sql`${vms.search} like ${pattern}`, sql`${vms.state} <> 'destroyed'`, vmReach(reach)))
    .orderBy(asc(vms.name))
    .limit(PER_KIND);
  return rows.map((r) => ({ kind: 'vm', id: r.id, name: r.name, detail: r.state, matched: matchedIn(r.search, text) }));
};

const hostFind: Finder = async ({ services: { db } }, text, pattern, reach) => {
  const rows = await db
    .select({ id: hosts.id, name: hosts.name, address: hosts.address })
    .from(hosts)
    .where(
      and(
        isNull(hosts.removedAt),
        hostReach(reach),
        sql`(lower(${hosts.name}) like ${pattern} or host(${hosts.address}) like ${pattern} or ${hosts.id}::text like ${pattern})`,
      ),
    )
    .orderBy(asc(hosts.name))
    .limit(PER_KIND);
  return rows.map((r) => ({
    kind: 'host',
    id: r.id,
    name: r.name,
    detail: r.address,
    matched: matchedIn([r.name.toLowerCase(), r.address, r.id].join('\n'), text),
  }));
};

const imageFind: Finder = async ({ services: { db } }, text, pattern) => {
  const rows = await db
    .select({ id: images.id, name: images.name, state: images.state })
    .from(images)
    .where(
      and(isNull(images.deletedAt), sql`(lower(${images.name}) like ${pattern} or ${images.id}::text like ${pattern})`),
    )
    .orderBy(asc(images.name))
    .limit(PER_KIND);
  return rows.map((r) => ({
    kind: 'image',
    id: r.id,
    name: r.name,
    detail: r.state,
    matched: matchedIn(`${r.name.toLowerCase()}\n${r.id}`, text),
  }));
};

const networkFind: Finder = async ({ services: { db } }, text, pattern) => {
  const rows = await db
    .select({ id: networks.id, name: networks.name, uplink: networks.uplink, vlan: networks.vlan })
    .from(networks)
    .where(
      and(
        isNull(networks.deletedAt),
        sql`(lower(${networks.name}) like ${pattern} or ${networks.id}::text like ${pattern})`,
      ),
    )
    .orderBy(asc(networks.name))
    .limit(PER_KIND);
  return rows.map((r) => ({
    kind: 'network',
    id: r.id,
    name: r.name,
    detail: `${r.uplink} VLAN ${r.vlan}`,
    matched: matchedIn(`${r.name.toLowerCase()}\n${r.id}`, text),
  }));
};

const taskFind: Finder = async ({ services: { db } }, text, _pattern, reach) => {
  if (!/^[0-9a-f-]{36}$/iu.test(text)) return [];
  const rows = await db
    .select({ id: tasks.id, name: tasks.targetName, kind: tasks.kind })
    .from(tasks)
    .where(and(sql`${tasks.id} = ${text}::uuid`, taskReach(reach)))
    .limit(1);
  return rows.map((r) => ({ kind: 'task', id: r.id, name: r.name, detail: r.kind, matched: r.id }));
};

const finders: readonly (readonly [Permission, Finder])[] = [
  ['vm:read', vmFind],
  ['host:read', hostFind],
  ['image:read', imageFind],
  ['network:read', networkFind],
  ['task:read', taskFind],
];

export async function searchFind(ctx: Context, text: string): Promise<{ items: Found[] }> {
  const pattern = likePattern(text);
  const found = await Promise.all(
    finders.map(async ([needed, find]) => {
      const reach = reachOf(ctx.actor, needed);
      return reach === 'none' ? [] : find(ctx, text, pattern, reach);
    }),
  );
  return { items: found.flat() };
}
