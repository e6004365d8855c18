/** What a domain has on its host besides libvirt's own: seed, sockets, serial log, UEFI variables. Named by the VM's id only. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CallLimit, CloudInitSeed, ConsoleKind, DomainFiles } from '../../host.types.ts';
import { seedRemove, seedWrite } from './seed.ts';

export interface HostDomainFilesOptions {
  /** Survives reboots. */
  readonly stateDir: string;
  /** On /run; short, because a unix socket's path has 107 bytes. */
  readonly runDir: string;
}

export class HostDomainFiles implements DomainFiles {
  readonly #seeds: string;
  readonly #sockets: string;
  readonly #logs: string;
  readonly #nvram: string;

  constructor({ stateDir, runDir }: HostDomainFilesOptions) {
    this.#seeds = join(stateDir, 'seeds');
    this.#logs = join(stateDir, 'serial');
    this.#nvram = join(stateDir, 'nvram');
    this.#sockets = runDir;
    for (const dir of [this.#seeds, this.#logs, this.#nvram, this.#sockets])
      mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  async seedEnsure(
    vmId: string,
    seed: CloudInitSeed | null,
    { signal }: CallLimit,
  ): Promise<{ path: string | null; changed: boolean }> {
    if (!seed) return { path: null, changed: seedRemove(this.#seeds, vmId) };
    return { path: join(this.#seeds, `${vmId}.iso`), changed: await seedWrite(this.#seeds, vmId, seed, signal) };
  }

  async remove(vmId: string): Promise<boolean> {
    const files = [
      this.consoleSocket(vmId, 'vnc'),
      this.consoleSocket(vmId, 'serial'),
      this.serialLog(vmId),
      this.nvram(vmId),
    ].filter((file) => existsSync(file));
    for (const file of files) rmSync(file, { force: true });
    return seedRemove(this.#seeds, vmId) || files.length > 0;
  }

  consoleSocket(vmId: string, kind: ConsoleKind): string {
    return join(this.#sockets, `${vmId}.${kind}`);
  }

  serialLog(vmId: string): string {
    return join(this.#logs, `${vmId}.log`);
  }

  nvram(vmId: string): string {
    return join(this.#nvram, `${vmId}.fd`);
  }
}
