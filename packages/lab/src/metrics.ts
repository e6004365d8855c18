/** The Prometheus-compatible store: Debian's VictoriaMetrics on a loopback port; targets are files it rereads. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Instance, instancePort } from './instance.ts';
import { order } from './process-order.ts';
import type { ProcessSpecInput } from './supervisor-protocol.ts';

const metricsDir = (instance: Instance) => join(instance.runDir, 'metrics');

export function metricsUrl(instance: Instance): string {
  return `http://127.0.0.1:${instancePort(instance, 'metrics')}`;
}

/** Sets what is scraped under a name; `addresses` are host:port of plain HTTP /metrics pages. */
export function metricsTargetsWrite(
  instance: Instance,
  name: string,
  addresses: string[],
  labels: Record<string, string> = {},
): void {
  const dir = join(metricsDir(instance), 'targets');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${name}.json`);
  writeFileSync(`${file}.new`, JSON.stringify([{ targets: addresses, labels: { job: name, ...labels } }]));
  renameSync(`${file}.new`, file);
}

export function metricsPrepare(instance: Instance): void {
  const dir = metricsDir(instance);
  mkdirSync(join(dir, 'targets'), { recursive: true });
  const config = {
    global: { scrape_interval: '15s' },
    scrape_configs: [{ job_name: 'files', file_sd_configs: [{ files: [join(dir, 'targets', '*.json')] }] }],
  };
  // JSON is YAML.
  writeFileSync(join(dir, 'scrape.yml'), JSON.stringify(config, undefined, 2));
}

export function metricsSpecs(instance: Instance): ProcessSpecInput[] {
  const dir = metricsDir(instance);
  return [
    {
      name: 'metrics',
      group: 'metrics',
      order: order.metrics,
      argv: [
        'victoria-metrics',
        `-httpListenAddr=127.0.0.1:${instancePort(instance, 'metrics')}`,
        `-storageDataPath=${join(dir, 'data')}`,
        `-promscrape.config=${join(dir, 'scrape.yml')}`,
        '-promscrape.fileSDCheckInterval=10s',
        '-retentionPeriod=3',
        '-memory.allowedBytes=96MB',
        '-search.latencyOffset=1s',
        '-loggerLevel=WARN',
      ],
      ready: { kind: 'http', url: `${metricsUrl(instance)}/health` },
    },
  ];
}
