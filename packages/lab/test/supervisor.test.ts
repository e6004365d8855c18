import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '../src/exec.ts';
import { type Instance, instanceFrom } from '../src/instance.ts';
import { labClean } from '../src/clean.ts';
import { processAlive, processArgv, processHasEnvironment, processList, processSignal } from '../src/process-table.ts';
import {
  supervisorAdd,
  supervisorAlive,
  supervisorDown,
  supervisorEnsure,
  supervisorHalt,
  supervisorKill,
  supervisorRecord,
  supervisorRemove,
  supervisorRestart,
  supervisorStart,
  supervisorStatus,
  supervisorStop,
} from '../src/supervisor-client.ts';
import type { ProcessSpecInput } from '../src/supervisor-protocol.ts';

const node = process.execPath;
/** A child that says when it starts and when it is told to stop. */
const child = (name: string, code: string, more: Partial<ProcessSpecInput> = {}): ProcessSpecInput => ({
  name,
  argv: [node, '-e', code],
  ...more,
});
const idle = 'setInterval(() => {}, 1000); console.log("ready")';

let dir: string;
let instance: Instance;
const journal = () =>
  existsSync(join(dir, 'journal')) ? readFileSync(join(dir, 'journal'), 'utf8').trim().split('\n') : [];
const writesJournal = (name: string) => `
  const fs = require('node:fs');
  const say = (what) => fs.appendFileSync(${JSON.stringify(join(dir, 'journal'))}, what + ' ${name}\\n');
  say('start'); process.on('SIGTERM', () => { say('stop'); process.exit(0); });
  console.log('ready'); setInterval(() => {}, 1000);`;
const one = async (name: string) => {
  const found = (await supervisorStatus(instance)).find((status) => status.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const identity = async (name: string) => {
  const { pid, startTime } = await one(name);
  if (pid === undefined || startTime === undefined) throw new Error(`${name} does not run`);
  return { pid, startTime };
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'basalt-supervisor-'));
  // No real instance has this id: clean-up looks for its marker.
  instance = instanceFrom(dir, { id: `t${process.pid.toString(16).padStart(6, '0')}`, s: 64, portBase: 29_950 });
  await supervisorEnsure(instance);
});
afterEach(async () => {
  await supervisorDown(instance);
  rmSync(dir, { recursive: true });
});

describe('[BYD-13] supervisor', () => {
  test('[BYD-13] starts in order when ready, and stops the other way round', async () => {
    const ready = { kind: 'log', text: 'ready' } as const;
    await supervisorAdd(instance, [
      child('late', writesJournal('late'), { order: 30, ready }),
      child('early', writesJournal('early'), { order: 10, ready }),
      child('middle', writesJournal('middle'), { order: 20, ready }),
    ]);
    await supervisorDown(instance);
    expect(journal()).toEqual(['start early', 'start middle', 'start late', 'stop late', 'stop middle', 'stop early']);
    expect(supervisorAlive(instance)).toBe(false);
  });

  test('[BYD-13] the same definition again changes nothing, another one replaces the process', async () => {
    await supervisorAdd(instance, [child('a', idle)]);
    const { pid } = await one('a');
    await supervisorAdd(instance, [child('a', idle)]);
    expect((await one('a')).pid).toBe(pid);
    await supervisorAdd(instance, [child('a', `${idle}; 1`)]);
    expect((await one('a')).pid).not.toBe(pid);
  });

  test('[BYD-13] restarts what dies, waiting longer each time', async () => {
    const failing = `require('node:fs').appendFileSync(${JSON.stringify(join(dir, 'journal'))}, Date.now() + '\\n'); process.exit(3)`;
    const backoff = { initialMs: 200, maxMs: 5000, resetAfterMs: 60_000 };
    await expect(
      supervisorAdd(instance, [child('failing', failing, { backoff, ready: { kind: 'log', text: 'never' } })]),
    ).rejects.toThrow(/failing did not become ready: exit 3/);
    await waitFor('four starts', 20_000, () => (journal().length >= 4 ? true : undefined), 50);
    const times = journal().map(Number);
    const gaps = times.slice(1, 4).map((time, index) => time - (times[index] ?? 0));
    expect(gaps[0]).toBeGreaterThanOrEqual(200);
    expect(gaps[1]).toBeGreaterThanOrEqual(400);
    expect(gaps[2]).toBeGreaterThanOrEqual(800);
    expect(await one('failing')).toMatchObject({
      state: expect.stringMatching(/backoff|starting/),
      lastExit: 'exit 3',
    });
  });

  test('[BYD-13] a killed process comes back, a halted one does not', async () => {
    await supervisorAdd(instance, [child('a', idle, { group: 'host1' }), child('b', idle, { group: 'host2' })]);
    await supervisorKill(instance, 'a', 'SIGKILL');
    await waitFor('a to come back', 15_000, async () => {
      const { state, restarts } = await one('a');
      return state === 'ready' && restarts === 1 ? true : undefined;
    });
    expect(await one('a')).toMatchObject({ restarts: 1, lastExit: 'SIGKILL' });
    const running = await identity('a');
    await supervisorHalt(instance, { group: 'host1' });
    expect(processAlive(running)).toBe(false);
    expect(await one('a')).toMatchObject({ state: 'stopped', wanted: false });
    expect((await one('b')).state).toBe('ready');
    await supervisorStart(instance, { group: 'host1' });
    expect((await one('a')).state).toBe('ready');
  });

  test('[BYD-13] one that ends by itself and is not to be restarted counts as exited', async () => {
    await supervisorAdd(instance, [child('once', 'console.log(1)', { restart: 'on-failure' })]);
    await waitFor('it to end', 10_000, async () => ((await one('once')).state === 'exited' ? true : undefined));
    expect(await one('once')).toMatchObject({ restarts: 0, lastExit: 'exit 0' });
  });

  test('[BYD-13] a process that ignores the stop signal is killed, with its children', async () => {
    const stubborn = `
      process.on('SIGTERM', () => {});
      const grandchild = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
      console.log('grandchild', grandchild.pid); setInterval(() => {}, 1000);`;
    await supervisorAdd(instance, [
      child('stubborn', stubborn, { stopTimeoutMs: 300, ready: { kind: 'log', text: 'grandchild' } }),
    ]);
    const status = await one('stubborn');
    const grandchild = Number(/grandchild (\d+)/.exec(readFileSync(status.log, 'utf8'))?.[1]);
    expect(processArgv(grandchild)).not.toEqual([]);
    await supervisorStop(instance, { name: 'stubborn' });
    expect((await one('stubborn')).lastExit).toBe('SIGKILL');
    await waitFor('the grandchild to go', 5000, () => (processArgv(grandchild).length === 0 ? true : undefined), 20);
  });

  test('[BYD-13] a frozen process can be stopped', async () => {
    await supervisorAdd(instance, [child('a', idle)]);
    await supervisorKill(instance, 'a', 'SIGSTOP');
    await supervisorStop(instance, { name: 'a' });
    expect((await one('a')).state).toBe('stopped');
  });

  test('[BYD-13] stop can spare what starts early; restart and remove work by name', async () => {
    await supervisorAdd(instance, [child('base', idle, { order: 10 }), child('top', idle, { order: 40 })]);
    await supervisorStop(instance, { all: true }, 20);
    expect([(await one('base')).state, (await one('top')).state]).toEqual(['ready', 'stopped']);
    const before = await identity('base');
    await supervisorRestart(instance, { name: 'base' });
    expect((await identity('base')).pid).not.toBe(before.pid);
    await supervisorRemove(instance, { name: 'base' });
    expect((await supervisorStatus(instance)).map(({ name }) => name)).toEqual(['top']);
    await expect(supervisorStart(instance, { name: 'base' })).rejects.toThrow('no process base');
  });

  test('[BYD-13] environment, wrap and commands after readiness reach the process', async () => {
    const file = join(dir, 'after');
    await supervisorAdd(instance, [
      child(
        'a',
        'console.log("value", process.env.COLOUR, process.env.SECRET ?? "none"); setInterval(() => {}, 1000)',
        {
          env: { COLOUR: 'black' },
          wrap: ['nice', '-n', '5'],
          ready: { kind: 'log', text: 'value' },
          afterReady: [['touch', file]],
        },
      ),
    ]);
    expect(readFileSync((await one('a')).log, 'utf8')).toContain('value black none');
    expect(existsSync(file)).toBe(true);
  });

  test('[BYD-13] a log that grew is rotated at the next start', async () => {
    await supervisorAdd(instance, [child('a', idle, { logMaxBytes: 1000, ready: { kind: 'log', text: 'ready' } })]);
    const { log } = await one('a');
    await supervisorStop(instance, { name: 'a' });
    writeFileSync(log, 'x'.repeat(2000));
    await supervisorStart(instance, { name: 'a' });
    expect(readFileSync(`${log}.1`, 'utf8').length).toBe(2000);
    expect(readFileSync(log, 'utf8')).toBe('ready\n');
  });

  test('[BYD-13] when the daemon is killed its children live on, and clean-up finds all of them', async () => {
    const forks = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }).unref(); ${idle}`;
    await supervisorAdd(instance, [child('a', idle), child('b', forks, { ready: { kind: 'log', text: 'ready' } })]);
    const children = [await identity('a'), await identity('b')];
    const daemon = supervisorRecord(instance)?.daemon ?? { pid: 0, startTime: 0 };
    processSignal(daemon, 'SIGKILL');
    await waitFor('the daemon to go', 5000, () => (supervisorAlive(instance) ? undefined : true), 20);
    expect(children.every(processAlive)).toBe(true);
    await labClean(instance);
    expect(children.some(processAlive)).toBe(false);
    // The grandchild is in nobody's list, but carries the marker.
    const marked = processList();
    expect(marked.filter(({ pid }) => processHasEnvironment(pid, `BASALT_INSTANCE=${instance.id}`))).toEqual([]);
    await supervisorEnsure(instance);
    expect(await supervisorStatus(instance)).toEqual([]);
  });
});
