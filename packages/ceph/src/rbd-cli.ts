/** RBD by command line tools: complete, slow (30–80 ms a call), and the only way for what moves data. */
import type { Readable } from 'node:stream';
import type { Cli } from './cli.ts';
import { CephError } from './errors.ts';
import { checkName, checkSize, imageSpec, snapSpec } from './names.ts';
import { ProgressReader } from './progress.ts';
import type { Rbd, TransferOptions } from './rbd.types.ts';
import * as shape from './rbd.schemas.ts';
import type { CallOptions, DiskFormat, ImageRef, SnapRef } from './types.ts';

const HOUR = 3_600_000;

/** qemu-img's name of a format; an ISO is a raw disk. */
const driverOf: Readonly<Record<DiskFormat, string>> = {
  qcow2: 'qcow2',
  raw: 'raw',
  iso: 'raw',
  vmdk: 'vmdk',
  vhdx: 'vhdx',
};

/** The `rbd:` file name of QEMU, in which `:`, `@`, `=` and `\` are escaped. */
function qemuTarget(ref: ImageRef, options: Readonly<Record<string, string>>): string {
  const escape = (text: string): string => text.replaceAll(/[\\:@=]/g, String.raw`\$&`);
  const tail = Object.entries(options).map(([key, value]) => `:${key}=${escape(value)}`);
  return `rbd:${imageSpec(ref)}${tail.join('')}`;
}

export class RbdCli implements Rbd {
  readonly #cli: Cli;
  readonly #target: Readonly<Record<string, string>>;

  constructor(cli: Cli, config: { readonly conf: string; readonly user: string; readonly keyring?: string }) {
    this.#cli = cli;
    this.#target = {
      id: config.user,
      conf: config.conf,
      ...(config.keyring === undefined ? {} : { keyring: config.keyring }),
    };
  }

  async imageCreate(ref: ImageRef, size: number, options?: CallOptions): Promise<void> {
    await this.#cli.rbd(['create', '--size', `${checkSize(size)}B`, imageSpec(ref)], options);
  }

  async imageClone(from: SnapRef, to: ImageRef, options?: CallOptions): Promise<void> {
    await this.#cli.rbd(['clone', '--rbd-default-clone-format', '2', snapSpec(from), imageSpec(to)], options);
  }

  imageInfo(ref: ImageRef, options?: CallOptions) {
    return this.#cli.rbdJson(shape.imageInfo, ['info', imageSpec(ref)], options);
  }

  imageWatchers(ref: ImageRef, options?: CallOptions) {
    return this.#cli.rbdJson(shape.watchers, ['status', imageSpec(ref)], options);
  }

  imageList(pool: string, options?: CallOptions) {
    return this.#cli.rbdJson(shape.names, ['ls', checkName(pool, 'pool')], options);
  }

  async imageRemove(ref: ImageRef, options?: CallOptions): Promise<void> {
    await this.#cli.rbd(['rm', '--no-progress', imageSpec(ref)], options, 10 * 60_000);
  }

  async imageGrow(ref: ImageRef, size: number, options?: CallOptions): Promise<void> {
    const { size: now } = await this.imageInfo(ref, options);
    if (checkSize(size) < now) throw new CephError('refused', `${imageSpec(ref)}: ${size} is less than ${now} bytes`);
    if (size > now) await this.#cli.rbd(['resize', '--no-progress', '--size', `${size}B`, imageSpec(ref)], options);
  }

  async imageFlatten(ref: ImageRef, options: TransferOptions = {}): Promise<void> {
    const { size } = await this.imageInfo(ref, options.signal === undefined ? {} : { signal: options.signal });
    const progress = new ProgressReader(size, options.onProgress);
    await this.#cli.rbd(
      ['flatten', imageSpec(ref)],
      { ...options, onStderr: (text) => progress.push(text) },
      24 * HOUR,
    );
  }

  imageUsage(ref: ImageRef, options?: CallOptions) {
    return this.#cli.rbdJson(shape.usage, ['du', imageSpec(ref)], options, 60_000);
  }

  imageChildren(ref: SnapRef, options?: CallOptions) {
    return this.#cli.rbdJson(shape.children, ['children', snapSpec(ref)], options);
  }

  imageLocks(ref: ImageRef, options?: CallOptions) {
    return this.#cli.rbdJson(shape.locks, ['lock', 'ls', imageSpec(ref)], options);
  }

  async snapCreate(ref: SnapRef, options?: CallOptions): Promise<void> {
    await this.#cli.rbd(['snap', 'create', '--no-progress', snapSpec(ref)], options);
  }

  async snapProtect(ref: SnapRef, options?: CallOptions): Promise<void> {
    await this.#cli.rbd(['snap', 'protect', snapSpec(ref)], options);
  }

  async snapUnprotect(ref: SnapRef, options?: CallOptions): Promise<void> {
    await this.#cli.rbd(['snap', 'unprotect', snapSpec(ref)], options);
  }

  async snapRemove(ref: SnapRef, options?: CallOptions): Promise<void> {
    await this.#cli.rbd(['snap', 'rm', '--no-progress', snapSpec(ref)], options);
  }

  snapList(ref: ImageRef, options?: CallOptions) {
    return this.#cli.rbdJson(shape.snaps, ['snap', 'ls', imageSpec(ref)], options);
  }

  async trashMove(ref: ImageRef, options: CallOptions & { readonly deferMs?: number } = {}): Promise<void> {
    const watchers = await this.imageWatchers(ref, options);
    const [watcher] = watchers;
    if (watcher !== undefined)
      throw new CephError('busy', `${imageSpec(ref)} is open at ${watcher.address}`, { code: 16 });
    const until = new Date(Date.now() + (options.deferMs ?? 0)).toISOString().slice(0, 19).replace('T', ' ');
    const defer = options.deferMs === undefined ? [] : ['--expires-at', until];
    await this.#cli.rbd(['trash', 'mv', imageSpec(ref), ...defer], options);
  }

  trashList(pool: string, options?: CallOptions) {
    return this.#cli.rbdJson(shape.trash, ['trash', 'ls', '--long', checkName(pool, 'pool')], options);
  }

  async trashRestore(pool: string, id: string, options: CallOptions & { readonly name?: string } = {}): Promise<void> {
    const rename = options.name === undefined ? [] : ['--image', checkName(options.name, 'image')];
    await this.#cli.rbd(['trash', 'restore', `${checkName(pool, 'pool')}/${checkName(id, 'id')}`, ...rename], options);
  }

  async trashRemove(pool: string, id: string, options?: CallOptions): Promise<void> {
    const spec = `${checkName(pool, 'pool')}/${checkName(id, 'id')}`;
    try {
      await this.#cli.rbd(['trash', 'rm', '--no-progress', spec], options, 10 * 60_000);
    } catch (error) {
      // Before its time the tool ends with EPERM, which is not about who asks.
      if (!(error instanceof CephError) || !/Deferment time has not expired/i.test(error.stderr ?? '')) throw error;
      throw new CephError('busy', `${spec} may not be removed yet`, { cause: error });
    }
  }

  async importStream(ref: ImageRef, source: Readable, size: number, options: TransferOptions = {}): Promise<void> {
    const spec = imageSpec(ref);
    let done = 0;
    checkSize(size);
    const count = (chunk: Buffer): void => {
      done += chunk.length;
      options.onProgress?.({ done: Math.min(done, size), total: size });
    };
    await this.#absent(ref);
    source.on('data', count);
    await this.#orNothing(ref, async () => {
      await this.#cli.rbd(['import', '--no-progress', '-', spec], { ...options, stdin: source }, HOUR);
      if (done !== size) throw new CephError('failed', `${spec}: the source had ${done} bytes, not ${size}`);
    });
  }

  async importFile(ref: ImageRef, path: string, format: DiskFormat, options: TransferOptions = {}): Promise<void> {
    if (!path.startsWith('/')) throw new CephError('invalid', 'the source must be an absolute path');
    await this.#absent(ref);
    const progress = new ProgressReader(options.total ?? null, options.onProgress);
    // `file:` keeps QEMU from reading a protocol (nbd:, json: …) out of the path.
    const args = ['convert', '-p', '-W', '-m', '8', '-f', driverOf[format], '-O', 'raw', `file:${path}`];
    await this.#orNothing(ref, () =>
      this.#cli.run(
        'qemu-img',
        [...args, qemuTarget(ref, this.#target)],
        'convert',
        { ...options, onStdout: (text) => progress.push(text) },
        HOUR,
      ),
    );
  }

  async #absent(ref: ImageRef): Promise<void> {
    try {
      await this.imageInfo(ref);
    } catch (error) {
      if (error instanceof CephError && error.kind === 'not-found') return;
      throw error;
    }
    throw new CephError('exists', `${imageSpec(ref)} exists`, { code: 17 });
  }

  /** Runs what makes a new image; when it fails, removes what it left, and only then reports. */
  async #orNothing(ref: ImageRef, make: () => Promise<unknown>): Promise<void> {
    try {
      await make();
    } catch (error) {
      // Somebody else made it in the meantime: not ours to remove.
      if (error instanceof CephError && error.kind === 'exists') throw error;
      const deadline = Date.now() + 60_000;
      // A tool killed in mid-write stays a watcher for up to 30 s.
      for (;;) {
        try {
          await this.imageRemove(ref, { timeoutMs: 60_000 });
          break;
        } catch (rest) {
          if (!(rest instanceof CephError) || rest.kind !== 'busy' || Date.now() > deadline) break;
          await new Promise((resolve) => setTimeout(resolve, 1000));
        }
      }
      throw error;
    }
  }
}
