/** Talks to the supervisor of an instance, and starts it. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processesClean } from './clean.ts';
import { plainEnvironment, waitFor } from './exec.ts';
import type { Instance } from './instance.ts';
import { processAlive } from './process-table.ts';
import { supervisorAlive, supervisorRecord, supervisorRecordFile } from './supervisor-record.ts';
import type { SupervisorOptions } from './supervisor.ts';
import {
  type ProcessSpecInput,
  type ProcessStatus,
  type RequestInput,
  type Target,
  replySchema,
} from './supervisor-protocol.ts';

export { supervisorAlive, supervisorRecord } from './supervisor-record.ts';

export function supervisorOptions(instance: Instance): SupervisorOptions {
  return {
    socket: instance.supervisorSocket,
    logDir: instance.logDir,
    record: supervisorRecordFile(instance),
    marker: instance.marker,
  };
}

/**
 * One request, one reply.
 * @throws Error with the supervisor's own words when it refuses or a process fails; ENOENT/ECONNREFUSED when none listens.
 */
export function supervisorRequest(
  instance: Instance,
  request: RequestInput,
  timeoutMs = 180_000,
): Promise<ProcessStatus[]> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path: instance.supervisorSocket });
    let text = '';
    const timer = setTimeout(
      () => socket.destroy(new Error(`the supervisor did not answer ${request.command} in time`)),
      timeoutMs,
    );
    socket.setEncoding('utf8');
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error(`the supervisor closed the connection during ${request.command}`));
    });
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0) return;
      const reply = replySchema.parse(JSON.parse(text.slice(0, end)));
      if (reply.ok) resolve(reply.processes);
      else reject(new Error(reply.error));
      socket.end();
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

/**
 * Whether the daemon takes connections; false when it is dying at this moment.
 * @throws Error when it takes them but does not answer: it is not dead, so its children must not be taken for orphans.
 */
async function supervisorAnswers(instance: Instance): Promise<boolean> {
  try {
    await supervisorRequest(instance, { command: 'status' }, 20_000);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('did not answer')) throw error;
    return false;
  }
}

/** Starts the daemon unless it runs, after ending what a killed one has left; resolves when it answers. */
export async function supervisorEnsure(instance: Instance): Promise<void> {
  if (supervisorAlive(instance) && (await supervisorAnswers(instance))) return;
  await processesClean(instance);
  mkdirSync(instance.logDir, { recursive: true });
  const log = openSync(join(instance.logDir, 'supervisor.log'), 'a');
  const main = fileURLToPath(new URL('supervisor-main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=96', main, JSON.stringify(supervisorOptions(instance))],
    {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: '/',
      env: plainEnvironment({ [instance.marker.name]: instance.marker.value }),
    },
  );
  closeSync(log);
  child.unref();
  await waitFor('the supervisor to answer', 20_000, async () => {
    if (child.exitCode !== null)
      throw new Error(`the supervisor ended with ${child.exitCode}, see ${instance.logDir}/supervisor.log`);
    await supervisorRequest(instance, { command: 'status' }, 5000);
    return true;
  });
}

export const supervisorStatus = (instance: Instance) => supervisorRequest(instance, { command: 'status' }, 10_000);

/** Defines processes and starts them in order; resolves when all are ready. The same definition again is a no-op. */
export const supervisorAdd = (instance: Instance, specs: ProcessSpecInput[], start = true) =>
  supervisorRequest(instance, { command: 'add', specs, start });

export const supervisorStart = (instance: Instance, target: Target) =>
  supervisorRequest(instance, { command: 'start', target });
export const supervisorStop = (instance: Instance, target: Target, minOrder?: number) =>
  supervisorRequest(instance, { command: 'stop', target, minOrder });
export const supervisorRestart = (instance: Instance, target: Target) =>
  supervisorRequest(instance, { command: 'restart', target });
export const supervisorRemove = (instance: Instance, target: Target) =>
  supervisorRequest(instance, { command: 'remove', target });
export const supervisorHalt = (instance: Instance, target: Target) =>
  supervisorRequest(instance, { command: 'halt', target });
export const supervisorKill = (
  instance: Instance,
  name: string,
  signal: Extract<RequestInput, { command: 'kill' }>['signal'],
) => supervisorRequest(instance, { command: 'kill', name, signal });

/** Stops all processes and the daemon; resolves when the daemon is gone. No-op when none runs. */
export async function supervisorDown(instance: Instance): Promise<void> {
  const record = supervisorRecord(instance);
  if (record === undefined || !processAlive(record.daemon)) return;
  await supervisorRequest(instance, { command: 'down' });
  await waitFor('the supervisor to end', 10_000, () => (processAlive(record.daemon) ? undefined : true));
}
