/** Faults and stock by HTTP on loopback, for a simulator in another process: `POST /` with one {@link simCommand}. */
import { createServer, type Server } from 'node:http';
import { errorCode } from '@basalt/contract';
import { diskSpec, domainSpec, epoch } from '@basalt/contract/agent/schemas';
import { z } from 'zod';
import type { Simulator } from './simulator.ts';

const fault = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('fail'),
    code: errorCode,
    params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  }),
  z.object({ kind: z.literal('hang') }),
  z.object({ kind: z.literal('delay'), ms: z.int().min(0) }),
  z.object({ kind: z.literal('loseAnswer') }),
]);

const stock = z.object({
  host: z.string(),
  disks: z.array(diskSpec),
  domains: z.array(
    z.object({
      spec: domainSpec,
      epoch,
      state: z.enum(['running', 'paused', 'shutoff']),
      startedAt: z.iso.datetime().nullable(),
    }),
  ),
});

export const simCommand = z.discriminatedUnion('do', [
  z.object({ do: z.literal('arm'), host: z.string(), operation: z.string(), fault, times: z.int().min(1).default(1) }),
  z.object({ do: z.literal('clear'), host: z.string() }),
  /** The guest powers itself off, or its QEMU is killed. */
  z.object({ do: z.literal('guestEnd'), host: z.string(), vmId: z.uuid(), how: z.enum(['shutdown', 'crashed']) }),
  /** Domains with their disks, as if they had been there for long; what is there already stays. All hosts or none. */
  z.object({ do: z.literal('stock'), hosts: z.array(stock) }),
]);
export type SimCommand = z.input<typeof simCommand>;

function stockTake(simulator: Simulator, wanted: readonly z.output<typeof stock>[]): boolean {
  if (wanted.some(({ host }) => !simulator.host(host))) return false;
  for (const { host, disks, domains } of wanted) {
    for (const { at, size, parent } of disks)
      simulator.storage.stock(at, size, parent && { pool: parent.pool, image: parent.image, snap: parent.snapshot });
    simulator.host(host)?.stock(domains);
  }
  return true;
}

/** @returns whether it could be carried out. */
export function simControl(simulator: Simulator, command: z.output<typeof simCommand>): boolean {
  if (command.do === 'stock') return stockTake(simulator, command.hosts);
  const host = simulator.host(command.host);
  if (!host) return false;
  switch (command.do) {
    case 'arm':
      host.faults.arm(command.operation, command.fault, command.times);
      return true;
    case 'clear':
      host.faults.clear();
      return true;
    case 'guestEnd':
      return host.hypervisor.guestEnd(command.vmId, command.how);
  }
}

export function controlServe(simulator: Simulator, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      try {
        const command = simCommand.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        response.writeHead(simControl(simulator, command) ? 204 : 404).end();
      } catch (error) {
        response.writeHead(400).end(String(error));
      }
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
