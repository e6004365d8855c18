/**
 * The regions behind this door, from a file that whoever installs them writes:
 * `[{ key, name, endpoint, ca, cert, key_file }]`, the last three being paths of PEM files. Certificates are short-lived and
 * regions come and go, so file and certificates are looked at again with every health check.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { regionKey, type RegionKey } from '@basalt/contract';
import { mtlsAgent, mtlsClientOptions, type Logger } from '@basalt/service';
import type { Agent } from 'undici';

const file = z.array(
  z.object({
    key: regionKey,
    name: z.string().min(1),
    endpoint: z.url({ protocol: /^https$/u }),
    ca: z.string(),
    cert: z.string(),
    key_file: z.string(),
  }),
);
type Entry = z.infer<typeof file>[number];

export interface RegionLink {
  readonly key: RegionKey;
  readonly name: string;
  /** `https://host:port` without a path. */
  readonly origin: string;
  readonly agent: Agent;
  /** For what stays open or is large: event streams and uploads must not take the calls' connections. */
  readonly streams: Agent;
  /** Options for a socket of one's own, as consoles need. */
  readonly tls: ReturnType<typeof mtlsClientOptions>;
}

export interface RegionRegistry {
  readonly get: (key: string) => RegionLink | undefined;
  readonly all: () => readonly RegionLink[];
  /** Takes up what has changed in the files. */
  readonly refresh: () => void;
  readonly close: () => Promise<void>;
}

export function regionRegistryOpen(path: string, log: Logger): RegionRegistry {
  const directory = dirname(path);
  const links = new Map<string, { readonly link: RegionLink; readonly stamp: string }>();

  const linkOf = (entry: Entry): RegionLink => {
    const read = (name: string): string => readFileSync(resolve(directory, name), 'utf8');
    const peer = {
      own: { certificate: read(entry.cert), key: read(entry.key_file) },
      ca: read(entry.ca),
      expected: `basalt://region/${entry.key}/region`,
    };
    const { key, name } = entry;
    return {
      key,
      name,
      origin: new URL(entry.endpoint).origin,
      agent: mtlsAgent(peer),
      streams: mtlsAgent(peer, 4_096),
      tls: mtlsClientOptions(peer),
    };
  };

  const stampOf = (entry: Entry): string =>
    [entry.ca, entry.cert, entry.key_file].map((name) => statSync(resolve(directory, name)).mtimeMs).join() +
    JSON.stringify(entry);

  const drop = (key: string): void => {
    const known = links.get(key);
    links.delete(key);
    // what is under way finishes; close() waits for it
    for (const pool of known ? [known.link.agent, known.link.streams] : [])
      pool.close().catch((error: unknown) => log.warn({ error, region: key }, 'closing a region’s pool failed'));
  };

  const refresh = (): void => {
    try {
      const entries = existsSync(path) ? file.parse(JSON.parse(readFileSync(path, 'utf8'))) : [];
      for (const key of links.keys()) if (!entries.some((entry) => entry.key === key)) drop(key);
      for (const entry of entries) {
        const stamp = stampOf(entry);
        if (links.get(entry.key)?.stamp === stamp) continue;
        const link = linkOf(entry);
        drop(entry.key);
        links.set(entry.key, { link, stamp });
        log.info({ region: entry.key, endpoint: entry.endpoint }, 'region linked');
      }
    } catch (error) {
      log.error({ error, path }, 'the regions file or its certificates cannot be used; keeping what is known');
    }
  };

  refresh();
  return {
    get: (key) => links.get(key)?.link,
    all: () => [...links.values()].map(({ link }) => link),
    refresh,
    close: async () =>
      void (await Promise.allSettled(
        [...links.values()].flatMap(({ link }) => [link.agent.destroy(), link.streams.destroy()]),
      )),
  };
}
