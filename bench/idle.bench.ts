/** Resident memory of each process after it has started and rested, against the limit set for it. */
import { execFile, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@basalt/service';
import { qemuLibvirtd } from '../packages/libvirt/test/private-libvirtd.ts';
import { answering, cellOpen, dataOf, residentBytes, until, type Cell } from './cell.ts';
import { ratioPrint } from './ratio.ts';

const MIB = 1024 ** 2;
const REST_MS = 12_000;
const FIRST_START_MS = 6_000;
const agentMain = fileURLToPath(new URL('../apps/agent/src/main.ts', import.meta.url));
const consoleServer = fileURLToPath(
  new URL('../apps/console/.next/standalone/apps/console/server.js', import.meta.url),
);

function limitPrint(name: string, bytes: number, limit: number): void {
  const detail = `${(bytes / MIB).toFixed(0)} MB`;
  ratioPrint({
    name: `idle.${name}`,
    ratio: bytes / MIB / limit,
    goal: { atMost: 1 },
    peer: `limit-${limit}MB`,
    detail,
  });
}

/** A host's own agent on a private libvirt. Its runtime directory has to have a short path. */
async function agentMeasure(cell: Cell): Promise<void> {
  const libvirtd = await qemuLibvirtd();
  const runtime = mkdtempSync(join(tmpdir(), 'idle-'));
  try {
    const port = String(await freePort());
    const argv = [process.execPath, '--disable-warning=ExperimentalWarning', '--max-old-space-size=512', agentMain];
    const env = {
      BASALT_AGENT_STATE_DIR: join(cell.directory, 'agent'),
      BASALT_AGENT_RUN_DIR: runtime,
      BASALT_AGENT_ADDRESS: '127.0.0.1',
      BASALT_AGENT_PORT: port,
      BASALT_AGENT_VIRTUALISATION: 'tcg',
      BASALT_AGENT_LIBVIRT: libvirtd.socket,
      // as the platform starts every service
      NODE_COMPILE_CACHE: join(cell.directory, 'compiled'),
    };
    const made = await cell.mutate('host.createEnrolToken', { hostName: 'idle' });
    const { token, endpoint, caFingerprint } = dataOf<Record<'token' | 'endpoint' | 'caFingerprint', string>>(made);
    const words = ['--region', endpoint, `--token=${token}`, '--ca-fingerprint', caFingerprint, '--host-name', 'idle'];
    const [file = '', ...args] = [...argv, 'enrol', ...words];
    await promisify(execFile)(file, args, { env: { ...process.env, ...env }, timeout: 60_000 });
    const stop = async (agent: ChildProcess): Promise<void> => {
      if (agent.exitCode !== null) throw new Error('the agent ended');
      const gone = new Promise((resolve) => agent.once('exit', resolve));
      agent.kill('SIGTERM');
      await gone;
    };
    // the first start takes the types out of the sources and keeps the result; every later one is like the second
    const first = cell.start([...argv, 'run'], { ...env, BASALT_LOG_LEVEL: 'error' });
    await sleep(FIRST_START_MS);
    await stop(first);
    const agent = cell.start([...argv, 'run'], { ...env, BASALT_LOG_LEVEL: 'error' });
    await sleep(REST_MS);
    limitPrint('agent', residentBytes(agent.pid), 120);
    await stop(agent);
  } finally {
    await libvirtd.stop();
    rmSync(runtime, { recursive: true, force: true });
  }
}

export async function run(): Promise<void> {
  await using cell = await cellOpen();
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
  if (next) limitPrint('console', residentBytes(next.pid), 250);
  else console.log('idle.console not measured: the console has not been built');
  if (process.getuid?.() === 0) await agentMeasure(cell);
  else console.log('idle.agent not measured: a private libvirt needs root');
}

if (import.meta.main) await run();
