/** The one thing callers make: hot calls go to the resident helper while it runs, everything else to the tools. */
import { Cli } from './cli.ts';
import { ClusterClient } from './cluster.ts';
import type { Cluster } from './cluster.types.ts';
import { type Exec, execTool } from './exec.ts';
import { checkName } from './names.ts';
import type { Rbd } from './rbd.types.ts';
import { RbdCli } from './rbd-cli.ts';
import { type HotRbd, rbdSidecar } from './rbd-sidecar.ts';
import { Sidecar, type SidecarOptions } from './sidecar/sidecar.ts';
import type { CephConfig } from './types.ts';

export interface CephClientOptions {
  /** `false` = command line tools only. */
  readonly sidecar?: SidecarOptions | false;
  /** Replaces the runner of command line tools, for tests. */
  readonly exec?: Exec;
}

/** Calls `name` of the helper while it is usable, else of the command line. */
function route(cli: Rbd, hot: HotRbd, sidecar: Sidecar): Rbd {
  const pick = async (): Promise<HotRbd> => ((await sidecar.usable()) ? hot : cli);
  return {
    imageCreate: async (...args) => (await pick()).imageCreate(...args),
    imageClone: async (...args) => (await pick()).imageClone(...args),
    imageInfo: async (...args) => (await pick()).imageInfo(...args),
    imageWatchers: async (...args) => (await pick()).imageWatchers(...args),
    imageList: async (...args) => (await pick()).imageList(...args),
    imageRemove: async (...args) => (await pick()).imageRemove(...args),
    imageGrow: async (...args) => (await pick()).imageGrow(...args),
    imageLocks: async (...args) => (await pick()).imageLocks(...args),
    snapCreate: async (...args) => (await pick()).snapCreate(...args),
    snapProtect: async (...args) => (await pick()).snapProtect(...args),
    snapUnprotect: async (...args) => (await pick()).snapUnprotect(...args),
    snapRemove: async (...args) => (await pick()).snapRemove(...args),
    snapList: async (...args) => (await pick()).snapList(...args),
    trashMove: async (...args) => (await pick()).trashMove(...args),
    trashList: async (...args) => (await pick()).trashList(...args),
    trashRestore: async (...args) => (await pick()).trashRestore(...args),
    imageFlatten: (...args) => cli.imageFlatten(...args),
    imageUsage: (...args) => cli.imageUsage(...args),
    imageChildren: (...args) => cli.imageChildren(...args),
    trashRemove: (...args) => cli.trashRemove(...args),
    importStream: (...args) => cli.importStream(...args),
    importFile: (...args) => cli.importFile(...args),
  };
}

export class CephClient {
  readonly rbd: Rbd;
  readonly cluster: Cluster;
  readonly #sidecar: Sidecar | undefined;

  constructor(config: CephConfig, options: CephClientOptions = {}) {
    checkName(config.user, 'user');
    const cli = new Cli(config, options.exec ?? execTool);
    const rbdCli = new RbdCli(cli, config);
    this.#sidecar = options.sidecar === false ? undefined : new Sidecar(config, options.sidecar);
    this.rbd = this.#sidecar === undefined ? rbdCli : route(rbdCli, rbdSidecar(this.#sidecar), this.#sidecar);
    this.cluster = new ClusterClient(cli, this.#sidecar);
  }

  /** Whether hot calls go through the helper; starts it. */
  async warmUp(): Promise<boolean> {
    return (await this.#sidecar?.usable()) ?? false;
  }

  /** Process id of the helper while it runs. */
  get helperPid(): number | undefined {
    return this.#sidecar?.pid;
  }

  /** Ends the helper. Running command line tools keep their own deadlines. */
  async close(): Promise<void> {
    await this.#sidecar?.close();
  }
}
