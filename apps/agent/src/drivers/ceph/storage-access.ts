/**
 * The host's way to the storage: `basalt.conf` and a keyring beside it (0600), written from what the region said, and a
 * client on them. The key is nowhere else on disk; libvirt holds it in memory only and is told again when it restarts.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CephConfig } from '@basalt/ceph';
import { storageAccessSpec, type StorageAccessSpec } from '@basalt/contract/agent/index';
import type { CallLimit, Storage, StorageAccess } from '../../host.types.ts';

export interface CephAccessOptions {
  /** `/etc/ceph`. */
  readonly configDir: string;
  /** Where the last specification is kept, without its key. */
  readonly stateDir: string;
  readonly open: (config: CephConfig) => Storage & { close?(): Promise<void> };
}

const kept = storageAccessSpec.omit({ key: true });

export const confText = (spec: Pick<StorageAccessSpec, 'fsid' | 'monHosts' | 'user'>, keyring: string): string =>
  [
    '# Written by the Basalt agent.',
    '[global]',
    `fsid = ${spec.fsid}`,
    `mon_host = ${spec.monHosts.join(',')}`,
    'auth_cluster_required = cephx',
    'auth_service_required = cephx',
    'auth_client_required = cephx',
    `[client.${spec.user}]`,
    `keyring = ${keyring}`,
    'rbd_default_clone_format = 2',
    '',
  ].join('\n');

const keyringText = (user: string, key: string): string => `[client.${user}]\n\tkey = ${key}\n`;

const monHost = z.string().regex(/^[0-9A-Za-z.:,[\]/-]+$/u);
const keyBase64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/u);

/** True when the file was not like this. */
function fileEnsure(file: string, text: string, mode: number): boolean {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  const next = `${file}.next`;
  writeFileSync(next, text, { mode, flush: true });
  chmodSync(next, mode);
  renameSync(next, file);
  return true;
}

export class CephAccess implements StorageAccess {
  readonly #options: CephAccessOptions;
  #storage: ReturnType<CephAccessOptions['open']> | null = null;

  constructor(options: CephAccessOptions) {
    this.#options = options;
    const spec = this.#keptRead();
    if (spec) this.#use(spec.user);
  }

  storage(): Storage | null {
    return this.#storage;
  }

  /** What libvirt has to be told again after its restart; null before the first `ensure`. */
  secret(): { secretId: string; user: string; key: string } | null {
    const spec = this.#keptRead();
    if (!spec || !existsSync(this.#keyring(spec.user))) return null;
    const key = /key = (\S+)/u.exec(readFileSync(this.#keyring(spec.user), 'utf8'))?.[1];
    return key === undefined ? null : { secretId: spec.secretId, user: spec.user, key };
  }

  secretId(): string | null {
    return this.#keptRead()?.secretId ?? null;
  }

  async remove(): Promise<boolean> {
    const spec = this.#keptRead();
    await this.close();
    // what says where the rest is goes last
    const files = [...(spec ? [this.#keyring(spec.user)] : []), this.#conf(), this.#kept()].filter((file) =>
      existsSync(file),
    );
    for (const file of files) rmSync(file, { force: true });
    return files.length > 0;
  }

  async ensure(spec: StorageAccessSpec, { signal }: CallLimit): Promise<boolean> {
    signal.throwIfAborted();
    // Both become lines of files that Ceph reads.
    spec.monHosts.forEach((host) => monHost.parse(host));
    keyBase64.parse(spec.key);
    const { configDir } = this.#options;
    mkdirSync(configDir, { recursive: true });
    const keyring = this.#keyring(spec.user);
    const { key, ...rest } = spec;
    const changed = [
      fileEnsure(keyring, keyringText(spec.user, key), 0o600),
      fileEnsure(this.#conf(), confText(spec, keyring), 0o644),
      fileEnsure(this.#kept(), `${JSON.stringify(rest, null, 2)}\n`, 0o600),
    ].some(Boolean);
    if (changed || !this.#storage) {
      await this.close();
      this.#use(spec.user);
    }
    return changed;
  }

  async close(): Promise<void> {
    const storage = this.#storage;
    this.#storage = null;
    await storage?.close?.();
  }

  #use(user: string): void {
    this.#storage = this.#options.open({ conf: this.#conf(), user, keyring: this.#keyring(user) });
  }

  #conf(): string {
    return join(this.#options.configDir, 'basalt.conf');
  }

  #keyring(user: string): string {
    return join(this.#options.configDir, `basalt.client.${user}.keyring`);
  }

  #kept(): string {
    return join(this.#options.stateDir, 'storage.json');
  }

  #keptRead(): z.infer<typeof kept> | null {
    const file = this.#kept();
    return existsSync(file) ? (kept.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null) : null;
  }
}
