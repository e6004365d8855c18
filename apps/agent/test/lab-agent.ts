/** An agent of its own in a host of the checkout's lab, beside the product's: own port, state and Ceph files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hostCommand, hostName, instanceAddress, type Instance, plainEnvironment } from '@basalt/lab';
import { request } from 'undici';
import { agentEvent, type AgentEvent } from '@basalt/contract/agent/index';
import { poll } from './poll.ts';
import type { RegionFake } from './region-fake.ts';

const main = resolve(import.meta.dirname, '../src/main.ts');
const PORT = 7555;

export interface LabAgent {
  readonly base: string;
  readonly hostId: string;
  readonly client: ReturnType<RegionFake['client']>['client'];
  readonly dispatcher: ReturnType<RegionFake['client']>['dispatcher'];
  readonly process: ChildProcess;
  /** Events since `after`, as they come, until `until`; rejects after `ms`. */
  eventsUntil(after: number, ms: number, until: (event: AgentEvent) => boolean): Promise<AgentEvent>;
  close(): Promise<void>;
}

const ended = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null ? Promise.resolve(child.exitCode) : new Promise((done) => child.once('exit', done));

export async function labAgentStart(instance: Instance, host: number, region: RegionFake): Promise<LabAgent> {
  const state = mkdtempSync(join(tmpdir(), `agent-${hostName(host)}-`));
  const address = instanceAddress(instance, 'management', host);
  const env = plainEnvironment({
    BASALT_AGENT_STATE_DIR: state,
    BASALT_AGENT_RUN_DIR: '/run/basalt-test',
    BASALT_AGENT_ADDRESS: address,
    BASALT_AGENT_PORT: String(PORT),
    BASALT_AGENT_VIRTUALISATION: 'tcg',
    BASALT_AGENT_DATAPATH: 'userspace',
    BASALT_AGENT_CEPH_DIR: join(state, 'ceph'),
    BASALT_AGENT_TOKEN: region.token(),
  });
  const start = (...args: string[]): ChildProcess => {
    const [file = '', ...rest] = hostCommand(instance, host, [process.execPath, main, ...args]);
    return spawn(file, rest, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const join1 = start(
    'enrol',
    '--region',
    region.url,
    '--ca-fingerprint',
    region.fingerprint,
    '--host-name',
    hostName(host),
  );
  const code = await ended(join1);
  if (code !== 0) throw new Error(`enrolling ${hostName(host)} ended with ${code}`);
  const hostId = region.enrolled.at(-1)?.hostId ?? '';
  const agent = start('run');
  const base = `https://${address}:${PORT}`;
  const { client, dispatcher } = region.client(base, hostId);
  const close = async (): Promise<void> => {
    agent.kill('SIGTERM');
    await ended(agent);
    await dispatcher.destroy();
    rmSync(state, { recursive: true, force: true });
  };
  try {
    await poll('the agent answers', 30_000, () => client.host.facts({}).catch(() => null));
  } catch (error) {
    await close();
    throw error;
  }
  const eventsUntil: LabAgent['eventsUntil'] = async (after, ms, until) => {
    const { body } = await request(`${base}/v1/events?after=${after}`, { dispatcher, signal: AbortSignal.timeout(ms) });
    let text = '';
    for await (const chunk of body) {
      const lines = (text + String(chunk)).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const event = line === '' ? null : agentEvent.parse(JSON.parse(line));
        if (event && until(event)) return event;
      }
    }
    throw new Error('the event stream ended');
  };
  return { base, hostId, client, dispatcher, process: agent, eventsUntil, close };
}
