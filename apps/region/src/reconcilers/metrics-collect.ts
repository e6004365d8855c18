/**
 * Carries the metrics of the agents to the metrics engine: agents are reachable by mutual TLS only, which the engine does
 * not speak. A gap stays a gap; nothing waits for this.
 */
import { inArray } from 'drizzle-orm';
import { request } from 'undici';
import { hosts } from '../store/schema/index.ts';
import { hostAddress } from '../tasks/vm-parts.ts';
import { healthSet } from './findings.ts';
import { eachBounded, type Reconciler } from './reconciler.ts';

export interface MetricsOptions {
  /** Base URL of VictoriaMetrics. */
  readonly url: string;
  readonly region: string;
}

const WIDTH = 32;
const DEADLINE = 8_000;

/** As the label has to be written into a query string. */
const label = (name: string, value: string): string => `extra_label=${encodeURIComponent(`${name}=${value}`)}`;

export const metricsCollect = ({ url, region }: MetricsOptions): Reconciler => ({
  name: 'metrics',
  every: 15_000,
  async run(ctx) {
    const rows = await ctx.services.db
      .select({
        id: hosts.id,
        name: hosts.name,
        address: hosts.address,
        port: hosts.port,
        pathPrefix: hosts.pathPrefix,
      })
      .from(hosts)
      .where(inArray(hosts.state, ['available', 'locked', 'maintenance']));
    let pushed = 0;
    let refused = 0;
    await eachBounded(
      rows,
      WIDTH,
      async (host) => {
        const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(DEADLINE)]);
        const text = await ctx.services.agents.metrics(hostAddress(host), signal);
        const labels = [
          label('region', region),
          label('host', host.name),
          label('host_id', host.id),
          label('job', 'agent'),
        ];
        const answer = await request(`${url.replace(/\/$/u, '')}/api/v1/import/prometheus?${labels.join('&')}`, {
          method: 'POST',
          body: text,
          signal,
        });
        await answer.body.dump();
        if (answer.statusCode >= 300) throw new Error(`the metrics engine answered ${answer.statusCode}`);
        pushed += 1;
      },
      (host, error) => {
        refused += 1;
        ctx.services.log.debug({ host: host.name, error }, 'metrics not carried');
      },
    );
    await ctx.transact((work) =>
      healthSet(work, 'metrics', rows.length > 0 && pushed === 0 ? 'error' : refused > 0 ? 'warning' : 'healthy', {
        hosts: rows.length,
        refused,
      }),
    );
    return { pushed, refused };
  },
});
