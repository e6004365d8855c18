/**
 * Reads /proc. A pid alone names nothing (pids are reused), so processes are named by pid and start time, and what
 * belongs to the lab is found by namespace or by the marker every supervised process carries in its environment.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { waitFor } from './exec.ts';

export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks since boot: field 22 of /proc/PID/stat. */
  startTime: number;
}

/** The state letter and start time of a process, or undefined when there is none. */
function processStat(pid: number): { state: string; startTime: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '?', startTime: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** Start time of a live process (zombies count as gone). */
export function processStartTime(pid: number): number | undefined {
  const stat = processStat(pid);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : stat.startTime;
}

export function processAlive(identity: ProcessIdentity): boolean {
  return processStartTime(identity.pid) === identity.startTime;
}

/** All live processes but ourselves. */
export function processList(): ProcessIdentity[] {
  const found: ProcessIdentity[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const startTime = processStartTime(pid);
    if (startTime !== undefined) found.push({ pid, startTime });
  }
  return found;
}

/** argv of a process; empty for kernel threads and processes that are gone. */
export function processArgv(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

/** Whether the process was started with `NAME=value` in its environment. */
export function processHasEnvironment(pid: number, assignment: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(assignment);
  } catch {
    return false;
  }
}

/** Inode number of one of the process's namespaces. */
export function processNamespace(pid: number, kind: 'mnt' | 'net'): number | undefined {
  try {
    const match = /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${kind}`));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}

/** Resident memory of a process in bytes. */
export function processResidentBytes(pid: number): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match === null ? 0 : Number(match[1]) * 1024;
  } catch {
    return 0;
  }
}

/** Sends a signal to a process if it is still the same one. */
export function processSignal(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!processAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // Gone between the look and the signal.
  }
}

/** Ends processes: SIGTERM (with SIGCONT for frozen ones), after `graceMs` SIGKILL; resolves when all are gone. */
export async function processesEnd(identities: ProcessIdentity[], graceMs: number): Promise<void> {
  const left = () => identities.filter(processAlive);
  if (graceMs > 0) {
    for (const one of left()) {
      processSignal(one, 'SIGTERM');
      processSignal(one, 'SIGCONT');
    }
    await waitFor('processes to end', graceMs, () => (left().length === 0 ? true : undefined), 50).catch(
      () => undefined,
    );
  }
  for (const one of left()) processSignal(one, 'SIGKILL');
  await waitFor(
    `killed processes to go (${left()
      .map((one) => `${one.pid} ${processArgv(one.pid)[0] ?? ''}`)
      .join(', ')})`,
    15_000,
    () => (left().length === 0 ? true : undefined),
    50,
  );
}
