import { z } from 'zod';
import { regionPaths, type Region, type RegionKey } from '@basalt/contract';
import type { Logger } from '@basalt/service';
import type { RegionLink, RegionRegistry } from './region-registry.ts';

const answer = z.object({ version: z.string().nullish(), health: z.enum(['healthy', 'degraded']).nullish() });

export interface RegionHealth {
  readonly of: (link: RegionLink) => Region;
  /** Asks every region now. */
  readonly check: () => Promise<void>;
  readonly close: () => void;
}

/** Asks each region every five seconds, every second while one is away, and remembers when it last answered, so that the list can say how old it is. */
export function regionHealthStart(registry: RegionRegistry, log: Logger, everyMs = 5_000): RegionHealth {
  const known = new Map<RegionKey, Pick<Region, 'health' | 'version' | 'latency' | 'seenAt'>>();

  const ask = async (link: RegionLink): Promise<void> => {
    const before = known.get(link.key);
    const began = performance.now();
    try {
      const reply = await link.agent.request({
        origin: link.origin,
        path: regionPaths.health,
        method: 'GET',
        signal: AbortSignal.timeout(4_000),
      });
      const body = answer.safeParse(await reply.body.json().catch(() => null));
      known.set(link.key, {
        health: reply.statusCode === 200 ? (body.data?.health ?? 'healthy') : 'degraded',
        version: body.data?.version ?? before?.version ?? null,
        latency: Math.round((performance.now() - began) * 10) / 10,
        seenAt: new Date().toISOString(),
      });
    } catch (error) {
      if (before?.health !== 'unreachable') log.warn({ error, region: link.key }, 'the region does not answer');
      known.set(link.key, {
        version: before?.version ?? null,
        seenAt: before?.seenAt ?? null,
        latency: null,
        health: 'unreachable',
      });
    }
  };

  const check = async (): Promise<void> => {
    registry.refresh();
    await Promise.all(registry.all().map(ask));
  };

  let closed = false;
  let timer: NodeJS.Timeout;
  const round = (): void => {
    void check().finally(() => {
      // one that is away is looked for more often, so that its return shows at once
      const isAway = registry.all().some(({ key }) => known.get(key)?.health === 'unreachable');
      if (!closed) timer = setTimeout(round, isAway ? Math.min(1_000, everyMs) : everyMs);
    });
  };
  timer = setTimeout(round, 0);

  return {
    of: ({ key, name }) => ({
      key,
      name,
      ...(known.get(key) ?? { health: 'unreachable', version: null, latency: null, seenAt: null }),
    }),
    check,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
