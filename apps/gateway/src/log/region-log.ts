/** Reads a page of a region's operation log, as the gateway itself and for nobody in particular. */
import { REGION_LOG_LIMIT, regionLogEntry, regionPaths, type RegionLogEntry } from '@basalt/contract';
import { z } from 'zod';
import type { RegionLink } from '../regions/region-registry.ts';

/** Entries are looked at one by one: one that cannot be read must not hold up those behind it. */
const looseAnswer = z.object({ entries: z.array(z.unknown()).max(REGION_LOG_LIMIT), head: z.int().nonnegative() });
const numbered = z.object({ id: z.int().positive() });

export interface RegionLogRead {
  readonly entries: readonly RegionLogEntry[];
  /** Ids of what could not be read; it is taken as a remark. */
  readonly unreadable: readonly number[];
  readonly head: number;
}

/** @throws Error when the region does not answer in time or in another form. */
export async function regionLogRead(
  link: RegionLink,
  after: number,
  deadlineMs: number,
  stop?: AbortSignal,
): Promise<RegionLogRead> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const reply = await link.agent.request({
    origin: link.origin,
    path: `${regionPaths.operationLog}?after=${after}&limit=${REGION_LOG_LIMIT}`,
    method: 'GET',
    signal: stop ? AbortSignal.any([stop, deadline]) : deadline,
  });
  if (reply.statusCode !== 200) {
    await reply.body.dump();
    throw new Error(`region ${link.key} answered ${reply.statusCode} when asked for its operation log`);
  }
  const { entries, head } = looseAnswer.parse(await reply.body.json());
  const read: RegionLogEntry[] = [];
  const unreadable: number[] = [];
  let last = after;
  for (const given of entries) {
    const { id } = numbered.parse(given);
    if (id <= last) throw new Error(`region ${link.key} told its operation log out of order at ${id}`);
    last = id;
    const entry = regionLogEntry.safeParse(given);
    if (entry.success) read.push(entry.data);
    else unreadable.push(id);
  }
  return { entries: read, unreadable, head };
}
