/** Lists of the region, with the sequence number from which a client applies events. */
import type { procedures } from '@basalt/contract';
import type { InputOf, OutputOf } from '@basalt/rpc';
import { eventPage } from '../store/event.ts';
import { hostPage, hostShapes } from '../store/host.ts';
import { imagePage } from '../store/image.ts';
import { networkPage } from '../store/network.ts';
import { offsetNext, offsetPage, sequenceNow } from '../store/page.ts';
import { vmPage } from '../store/vm-page.ts';
import type { Context } from './context.ts';
import { existing } from './refusal.ts';
import { reachOf } from './rights.ts';

type P = typeof procedures;

export const vmList = (ctx: Context, input: InputOf<P['vm']['list']>): Promise<OutputOf<P['vm']['list']>> =>
  vmPage(ctx.services.db, { ...input, reach: reachOf(ctx.actor, 'vm:read') }, ctx.services.vmCounts, ctx.sequence);

export async function hostList(ctx: Context, input: InputOf<P['host']['list']>): Promise<OutputOf<P['host']['list']>> {
  const { db } = ctx.services;
  const sequence = await sequenceNow(db);
  const page = offsetPage(input);
  const found = await hostPage(
    db,
    {
      ...input.filter,
      sort: input.sort,
      search: input.search || undefined,
      reach: reachOf(ctx.actor, 'host:read'),
    },
    page,
  );
  const { items, total, states } = found;
  return { items, total, nextCursor: offsetNext(page, total), sequence, facets: { state: states } };
}

export async function hostGet(ctx: Context, id: InputOf<P['host']['get']>['id']): Promise<OutputOf<P['host']['get']>> {
  return existing((await hostShapes(ctx.services.db, [id]))[0], 'host');
}

export async function imageList(
  ctx: Context,
  input: InputOf<P['image']['list']>,
): Promise<OutputOf<P['image']['list']>> {
  const { db } = ctx.services;
  const sequence = await sequenceNow(db);
  const page = offsetPage(input);
  const found = await imagePage(db, { ...input.filter, sort: input.sort, search: input.search || undefined }, page);
  const { items, total, states } = found;
  return { items, total, nextCursor: offsetNext(page, total), sequence, facets: { state: states } };
}

export async function networkList(
  ctx: Context,
  input: InputOf<P['network']['list']>,
): Promise<OutputOf<P['network']['list']>> {
  const { db } = ctx.services;
  const sequence = await sequenceNow(db);
  const page = offsetPage(input);
  const { items, total } = await networkPage(db, { sort: input.sort, search: input.search || undefined }, page);
  return { items, total, nextCursor: offsetNext(page, total), sequence };
}

export async function eventList(
  ctx: Context,
  input: InputOf<P['resourceEvent']['list']>,
): Promise<OutputOf<P['resourceEvent']['list']>> {
  const { db } = ctx.services;
  const sequence = await sequenceNow(db);
  const page = offsetPage(input);
  const reach = reachOf(ctx.actor, 'resourceEvent:read');
  const { items, total } = await eventPage(db, { ...input.filter, search: input.search || undefined, reach }, page);
  return { items, total, nextCursor: offsetNext(page, total), sequence };
}
