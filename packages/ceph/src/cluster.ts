/** Monitor and manager commands: by the resident helper where it runs, else by `ceph`. */
import { z } from 'zod';
import { checkShape, type Cli, parseFirstJson } from './cli.ts';
import * as shape from './cluster.schemas.ts';
import type { Cluster } from './cluster.types.ts';
import { CephError } from './errors.ts';
import { checkClientAddress, checkEntity, checkName } from './names.ts';
import type { Sidecar } from './sidecar/sidecar.ts';
import type { CallOptions, PoolInfo, PoolSpec } from './types.ts';

/** The same command as words for `ceph` and as the members the monitors take. */
interface Command {
  readonly words: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
  readonly target?: 'mgr';
}

const simple = (words: string, target?: 'mgr'): Command => ({
  words: words.split(' '),
  json: { prefix: words },
  ...(target === undefined ? {} : { target }),
});

export class ClusterClient implements Cluster {
  readonly #cli: Cli;
  readonly #sidecar: Sidecar | undefined;

  constructor(cli: Cli, sidecar: Sidecar | undefined) {
    this.#cli = cli;
    this.#sidecar = sidecar;
  }

  status(options?: CallOptions) {
    return this.#ask(shape.status, simple('status'), options);
  }

  health(options?: CallOptions) {
    const command = { words: ['health', 'detail'], json: { prefix: 'health', detail: 'detail' } };
    return this.#ask(shape.health, command, options);
  }

  usage(options?: CallOptions) {
    return this.#ask(shape.usage, simple('df'), options);
  }

  osdList(options?: CallOptions) {
    const command = {
      words: ['osd', 'df', 'tree'],
      json: { prefix: 'osd df', output_method: 'tree' },
      target: 'mgr',
    } as const;
    return this.#ask(shape.osdTree, command, options);
  }

  monitorList(options?: CallOptions) {
    return this.#ask(shape.monitors, simple('mon dump'), options);
  }

  async poolList(options?: CallOptions): Promise<PoolInfo[]> {
    const command = { words: ['osd', 'pool', 'ls', 'detail'], json: { prefix: 'osd pool ls', detail: 'detail' } };
    const [pools, rules] = await Promise.all([
      this.#ask(shape.pools, command, options),
      this.#ask(shape.rules, simple('osd crush rule dump'), options),
    ]);
    const names = new Map(rules.map((rule) => [rule.rule_id, rule.rule_name]));
    return pools.map((pool) => shape.poolInfo(pool, names));
  }

  async poolGet(name: string, options?: CallOptions): Promise<PoolInfo> {
    checkName(name, 'pool');
    const pool = (await this.poolList(options)).find((candidate) => candidate.name === name);
    if (pool === undefined) throw new CephError('not-found', `pool ${name} does not exist`, { code: 2 });
    return pool;
  }

  async poolEnsure(spec: PoolSpec, options?: CallOptions): Promise<PoolInfo> {
    const name = checkName(spec.name, 'pool');
    if (!Number.isInteger(spec.replicas) || spec.replicas < 1 || spec.replicas > 10) {
      throw new CephError('invalid', 'replicas: not a whole number from 1 to 10');
    }
    if (!Number.isInteger(spec.pgCount) || spec.pgCount < 1) throw new CephError('invalid', 'pgCount: not positive');
    const domain = checkName(spec.failureDomain ?? 'host', 'failureDomain');
    const deviceClass = spec.deviceClass === undefined ? [] : [checkName(spec.deviceClass, 'deviceClass')];
    const rule = ['basalt', ...deviceClass, domain].join('-');
    const act = (...words: string[]): Promise<unknown> => this.#cli.ceph(z.unknown(), words, options, 30_000);
    // Repeating these is no error: Ceph answers that the thing exists.
    await act('osd', 'crush', 'rule', 'create-replicated', rule, 'default', domain, ...deviceClass);
    const exists = (await this.poolList(options)).some((pool) => pool.name === name);
    if (!exists)
      await act('osd', 'pool', 'create', name, String(spec.pgCount), String(spec.pgCount), 'replicated', rule);
    const single = spec.replicas === 1 ? ['--yes-i-really-mean-it'] : [];
    const now = await this.poolGet(name, options);
    if (now.replicas !== spec.replicas) await act('osd', 'pool', 'set', name, 'size', String(spec.replicas), ...single);
    if (now.crushRule !== rule) await act('osd', 'pool', 'set', name, 'crush_rule', rule);
    if (!now.applications.includes('rbd')) await this.#cli.rbd(['pool', 'init', name], options, 60_000);
    return this.poolGet(name, options);
  }

  async authEnsure(entity: string, caps: Readonly<Record<string, string>>, options?: CallOptions) {
    const words = Object.entries(caps).flat();
    if (words.some((word) => word.startsWith('-'))) throw new CephError('invalid', 'caps: a word begins with a dash');
    checkEntity(entity);
    const read = async () => {
      const [found] = await this.#cli.ceph(shape.auth, ['auth', 'get-or-create', entity, ...words], options);
      if (found === undefined) throw new CephError('protocol', 'auth get-or-create: empty answer');
      return found;
    };
    try {
      return await read();
    } catch (error) {
      // "key for … exists but cap … does not match": the caps have changed since.
      if (!(error instanceof CephError) || error.kind !== 'invalid') throw error;
      await this.#cli.ceph(z.unknown(), ['auth', 'caps', entity, ...words], options);
      return read();
    }
  }

  async blocklistAdd(address: string, durationMs: number, options?: CallOptions) {
    const full = checkClientAddress(address);
    const seconds = Math.ceil(durationMs / 1000);
    if (!Number.isSafeInteger(seconds) || seconds < 1) throw new CephError('invalid', 'durationMs: not positive');
    await this.#act(
      {
        words: ['osd', 'blocklist', 'add', full, String(seconds)],
        json: { prefix: 'osd blocklist', blocklistop: 'add', addr: full, expire: seconds },
      },
      options,
    );
    const entry = (await this.blocklistList(options)).find((candidate) => candidate.address === full);
    if (entry === undefined) throw new CephError('failed', `${full} was added but is not in the blocklist`);
    return entry;
  }

  blocklistList(options?: CallOptions) {
    return this.#ask(shape.blocklist, simple('osd blocklist ls'), options);
  }

  async blocklistRemove(address: string, options?: CallOptions): Promise<void> {
    const full = checkClientAddress(address);
    await this.#act(
      {
        words: ['osd', 'blocklist', 'rm', full],
        json: { prefix: 'osd blocklist', blocklistop: 'rm', addr: full },
      },
      options,
    );
  }

  async #act(command: Command, options?: CallOptions): Promise<void> {
    if (await this.#sidecar?.usable()) await this.#command(command, options);
    else
      await this.#cli.run(
        'ceph',
        [...this.#cli.identity, ...command.words],
        command.words.slice(0, 3).join(' '),
        options ?? {},
        15_000,
      );
  }

  async #ask<T>(schema: z.ZodType<T>, command: Command, options?: CallOptions): Promise<T> {
    if (!(await this.#sidecar?.usable())) return this.#cli.ceph(schema, command.words, options);
    const text = await this.#command(command, options);
    return checkShape(schema, parseFirstJson(text), command.words.join(' '));
  }

  async #command({ json, target }: Command, options?: CallOptions): Promise<string> {
    const params = { target: target ?? 'mon', command: { ...json, format: 'json' } };
    return checkShape(z.string(), await this.#sidecar?.call('command', params, options), String(json['prefix']));
  }
}
