/**
 * Whether guests really run under KVM: the device file alone proves nothing (on some machines guests hang). A boot sector
 * is started with it that waits for half a second of timer interrupts, and has to reach its last instruction in time.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

const EXIT_CODE_WRITTEN = 0x10;
// prettier-ignore
const program = [
  0x31, 0xc0, 0x8e, 0xd8, // xor ax,ax; mov ds,ax
  0x8b, 0x1e, 0x6c, 0x04, 0x83, 0xc3, 0x09, // mov bx,[0x46c] (the BIOS's count of ticks, 18.2 a second); add bx,9
  0xfb, 0xf4, 0x39, 0x1e, 0x6c, 0x04, 0x72, 0xf9, // sti; again: hlt; cmp [0x46c],bx; jb again
  0xba, 0xf4, 0x00, 0xb0, EXIT_CODE_WRITTEN, 0xee, // mov dx,0xf4; mov al,…; out dx,al
  0xf4, 0xeb, 0xfd, // hlt; for ever
];

function bootSector(): Buffer {
  const sector = Buffer.alloc(512);
  Buffer.from(program).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

/** @param accelerator `tcg` proves the probe itself. */
export async function guestBoots(accelerator: 'kvm' | 'tcg', timeoutMs = 2500): Promise<boolean> {
  const work = mkdtempSync(join(tmpdir(), 'basalt-probe-'));
  try {
    const image = join(work, 'boot.img');
    writeFileSync(image, bootSector());
    const machine = `-accel ${accelerator} -machine pc -m 16 -nodefaults -display none -no-reboot`.split(' ');
    const argv = [
      ...machine,
      '-device',
      'isa-debug-exit,iobase=0xf4,iosize=0x04',
      '-drive',
      `file=${image},format=raw,if=ide,snapshot=on`,
    ];
    return await new Promise((resolve) => {
      execFile('qemu-system-x86_64', argv, { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error) => {
        // isa-debug-exit ends QEMU with what was written, times two plus one.
        resolve(error?.code === EXIT_CODE_WRITTEN * 2 + 1);
      });
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export async function kvmWorks(): Promise<boolean> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  return guestBoots('kvm');
}
