/** Resident memory of each process after it has started and rested, against the limit set for it. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@basalt/service';
import { answering, cellOpen, residentBytes, until } from './cell.ts';
import { ratioPrint } from './ratio.ts';

const MIB = 1024 ** 2;
const REST_MS = 10_000;
const consoleServer = fileURLToPath(new URL('../apps/console/.next/standalone/apps/console/server.js', import.meta.url));

function limitPrint(name: string, bytes: number, limit: number): void {
  const detail = `${(bytes / MIB).toFixed(0)} MB`;
  ratioPrint({ name: `idle.${name}`, ratio: bytes / MIB / limit, goal: { atMost: 1 }, peer: `limit-${limit}MB`, detail });
}

export async function run(): Promise<void> {
  await using cell = await cellOpen();
  // one simulated host stands for an agent: the same door, event log and journal, without a libvirt connection
  const agent = await cell.hostsJoin(1);
  let next = null;
  if (existsSync(consoleServer)) {
    const port = String(await freePort());
    const env = { HOSTNAME: '127.0.0.1', PORT: port };
    next = cell.start([process.execPath, '--max-old-space-size=256', consoleServer], env);
    await until('the console', answering(`http://127.0.0.1:${port}/`));
  }
  await sleep(REST_MS);
  limitPrint('gateway', residentBytes(cell.gateway.pid), 200);
  limitPrint('region', residentBytes(cell.region.pid), 300);
  limitPrint('agent', residentBytes(agent.pid), 120);
  if (next) limitPrint('console', residentBytes(next.pid), 250);
  else console.log('idle.console not measured: the console has not been built');
}

if (import.meta.main) await run();
