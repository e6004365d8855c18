/**
 * Whether guests may use KVM. /dev/kvm existing proves little: on nested or restricted machines it opens, and guests
 * hang. So a real guest is booted with it, and only one that comes up in seconds counts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { plainEnvironment } from './exec.ts';
import { guestFilesEnsure } from './guests/guest.ts';
import type { Instance } from './instance.ts';

const resultSchema = z.object({ bootId: z.string(), usable: z.boolean(), reason: z.string() });
export interface KvmProbe {
  usable: boolean;
  /** A sentence for the user. */
  reason: string;
}

/** Boots a kernel with `-accel kvm` and waits for a text on its serial line. @returns undefined when it came, else why not */
function bootTry(kernel: string, initrd: string, timeoutMs: number): Promise<string | undefined> {
  const argv = [
    '-accel',
    'kvm',
    '-m',
    '128',
    '-nodefaults',
    '-no-reboot',
    '-display',
    'none',
    '-serial',
    'stdio',
    '-kernel',
    kernel,
    '-initrd',
    initrd,
  ];
  return new Promise((resolve) => {
    const child: ChildProcess = spawn('qemu-system-x86_64', [...argv, '-append', 'console=ttyS0 quiet panic=-1'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: plainEnvironment(),
    });
    let output = '';
    let errors = '';
    const end = (why: string | undefined) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(why);
    };
    const timer = setTimeout(
      () => end(`a guest under KVM did not boot within ${Math.round(timeoutMs / 1000)} s`),
      timeoutMs,
    );
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
      if (output.includes('GUEST-UP')) end(undefined);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.once('error', (error) => end(error.message));
    child.once('exit', () => end(`QEMU ended: ${errors.trim().split('\n').at(-1) ?? ''}`));
  });
}

/** Probes once per boot of the machine; the result is kept in .run/kvm.json. Builds the tiny guest if there is none. */
export async function kvmProbe(instance: Instance): Promise<KvmProbe> {
  const file = join(instance.runDir, 'kvm.json');
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  if (existsSync(file)) {
    const known = resultSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (known.success && known.data.bootId === bootId) return { usable: known.data.usable, reason: known.data.reason };
  }
  let failure: string | undefined = 'this machine has no /dev/kvm';
  if (existsSync('/dev/kvm')) {
    const { kernel, initrd } = await guestFilesEnsure(instance, 'tiny');
    failure = await bootTry(kernel ?? '', initrd ?? '', 12_000);
  }
  const result: KvmProbe =
    failure === undefined
      ? { usable: true, reason: 'Guests use KVM: a probe guest booted with it.' }
      : { usable: false, reason: `Guests are emulated (TCG): ${failure}.` };
  mkdirSync(instance.runDir, { recursive: true });
  writeFileSync(file, JSON.stringify({ bootId, ...result }));
  return result;
}
