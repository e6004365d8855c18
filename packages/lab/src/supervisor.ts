/**
 * The supervisor: one daemon per instance that has every process of the lab and the product as its child. There are
 * no pid files: a child is known by its handle. Should the daemon be killed, .run/supervisor.json (pids with start
 * times) and the marker in each process's environment let `down` find what it left.
 */
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { processStartTime } from './process-table.ts';
import { SupervisedProcess } from './supervised-process.ts';
import {
  type ProcessSpec,
  type ProcessStatus,
  type Reply,
  type Request,
  type SupervisorRecord,
  type Target,
  requestSchema,
} from './supervisor-protocol.ts';

export interface SupervisorOptions {
  socket: string;
  logDir: string;
  /** File for the list of running processes. */
  record: string;
  marker: { name: string; value: string };
}

/** Splits by order and runs group after group, members of a group at the same time; all are tried, the first error is thrown. */
async function inOrder(
  processes: SupervisedProcess[],
  direction: 1 | -1,
  act: (one: SupervisedProcess) => Promise<void>,
): Promise<void> {
  const orders = [...new Set(processes.map((one) => one.spec.order))].sort((a, b) => (a - b) * direction);
  for (const order of orders) {
    const results = await Promise.allSettled(processes.filter((one) => one.spec.order === order).map(act));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}

export class Supervisor {
  #options: SupervisorOptions;
  #processes = new Map<string, SupervisedProcess>();
  #server: Server | undefined;
  #rotation: NodeJS.Timeout | undefined;
  #onDown: () => void = () => undefined;
  /** Resolves when `down` has stopped everything. */
  readonly ended = new Promise<void>((resolve) => {
    this.#onDown = resolve;
  });

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Opens the socket. */
  async listen(): Promise<void> {
    mkdirSync(this.#options.logDir, { recursive: true });
    mkdirSync(dirname(this.#options.socket), { recursive: true });
    rmSync(this.#options.socket, { force: true });
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#options.socket, resolve);
    });
    // Whoever may write here runs programs as the supervisor's account.
    chmodSync(this.#options.socket, 0o600);
    this.#record();
    this.#rotation = setInterval(() => {
      for (const one of this.#processes.values()) one.logRotate();
    }, 10_000);
  }

  /** Carries out one request. */
  async handle(request: Request): Promise<ProcessStatus[]> {
    switch (request.command) {
      case 'status':
        return [...this.#processes.values()].map((one) => one.status());
      case 'add':
        return this.#add(request.specs, request.start);
      case 'start':
        return this.#each(request.target, (all) => inOrder(all, 1, (one) => one.start()));
      case 'stop': {
        const minOrder = request.minOrder ?? -Infinity;
        return this.#each(request.target, (all) =>
          inOrder(
            all.filter((one) => one.spec.order >= minOrder),
            -1,
            (one) => one.stop(),
          ),
        );
      }
      case 'restart':
        return this.#each(request.target, async (all) => {
          await inOrder(all, -1, (one) => one.stop());
          await inOrder(all, 1, (one) => one.start());
        });
      case 'remove':
        return this.#each(request.target, async (all) => {
          await inOrder(all, -1, (one) => one.stop());
          for (const one of all) this.#processes.delete(one.spec.name);
        });
      case 'halt':
        return this.#each(request.target, async (all) => {
          await Promise.all(all.map((one) => one.halt()));
        });
      case 'kill': {
        const [one] = this.#select({ name: request.name });
        if (one?.signal(request.signal) !== true) throw new Error(`${request.name} does not run`);
        return [one.status()];
      }
      case 'down':
        await inOrder([...this.#processes.values()], -1, (one) => one.stop());
        clearInterval(this.#rotation);
        return [];
    }
  }

  async #add(specs: ProcessSpec[], start: boolean): Promise<ProcessStatus[]> {
    const added: SupervisedProcess[] = [];
    for (const spec of specs) {
      const known = this.#processes.get(spec.name);
      if (known !== undefined && JSON.stringify(known.spec) === JSON.stringify(spec)) {
        added.push(known);
        continue;
      }
      await known?.stop();
      const fresh = new SupervisedProcess(spec, {
        logDir: this.#options.logDir,
        marker: this.#options.marker,
        onChange: () => this.#record(),
      });
      this.#processes.set(spec.name, fresh);
      added.push(fresh);
    }
    if (start) await inOrder(added, 1, (one) => one.start());
    return added.map((one) => one.status());
  }

  async #each(target: Target, act: (all: SupervisedProcess[]) => Promise<void>): Promise<ProcessStatus[]> {
    const selected = this.#select(target);
    await act(selected);
    return selected.map((one) => one.status());
  }

  /** @throws Error when a name or group is unknown. */
  #select(target: Target): SupervisedProcess[] {
    const all = [...this.#processes.values()];
    if ('all' in target) return all;
    const selected = all.filter((one) =>
      'name' in target ? one.spec.name === target.name : one.spec.group === target.group,
    );
    if (selected.length === 0)
      throw new Error('name' in target ? `no process ${target.name}` : `no process in group ${target.group}`);
    return selected;
  }

  /** Written at once after each start and end, so that a killed supervisor leaves a true list. */
  #record(): void {
    const record: SupervisorRecord = {
      daemon: { pid: process.pid, startTime: processStartTime(process.pid) ?? 0 },
      processes: [...this.#processes.values()].flatMap((one) => one.identity ?? []),
    };
    writeFileSync(`${this.#options.record}.new`, JSON.stringify(record));
    renameSync(`${this.#options.record}.new`, this.#options.record);
  }

  #serve(socket: Socket): void {
    let buffer = '';
    let queue = Promise.resolve();
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      buffer += chunk;
      for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 1);
        queue = queue.then(() => this.#answer(socket, line));
      }
    });
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    let reply: Reply;
    let down = false;
    try {
      const request = requestSchema.parse(JSON.parse(line));
      reply = { ok: true, processes: await this.handle(request) };
      down = request.command === 'down';
    } catch (error) {
      reply = { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
    if (!socket.destroyed)
      await new Promise<void>((resolve) => socket.write(`${JSON.stringify(reply)}\n`, () => resolve()));
    if (!down) return;
    this.#server?.close();
    rmSync(this.#options.socket, { force: true });
    rmSync(this.#options.record, { force: true });
    this.#onDown();
  }
}
