/** What a file's name tells about the image in it. Only a start: everything can be changed before the upload. */
import { imageFormat, type imageProperties } from '@basalt/contract';
import type { z } from 'zod';

type OsFamily = z.infer<typeof imageProperties>['osFamily'];
type Format = z.infer<typeof imageFormat>;

export interface Guess {
  name: string;
  format: Format | undefined;
  osFamily: OsFamily;
  osVersion: string;
  architecture: 'x86_64' | 'aarch64';
  firmware: 'bios' | 'uefi';
  cloudInit: boolean;
}

const extensions: Readonly<Record<string, Format>> = { img: 'raw', qcow: 'qcow2' };
const systems: readonly [RegExp, string][] = [
  [/openeuler/i, 'openEuler'],
  [/kylin/i, 'Kylin'],
  [/uos/i, 'UOS'],
  [/debian|bookworm|trixie/i, 'Debian'],
  [/ubuntu|noble|jammy/i, 'Ubuntu'],
  [/rocky/i, 'Rocky Linux'],
  [/alma/i, 'AlmaLinux'],
  [/centos/i, 'CentOS'],
  [/fedora/i, 'Fedora'],
  [/alpine/i, 'Alpine'],
  [/win.*(20\d\d)/i, 'Windows Server'],
];

export function guessFromFile(fileName: string): Guess {
  const [, stem = fileName, extension = ''] = /^(.*?)\.([A-Za-z0-9]+)$/.exec(fileName) ?? [];
  const lower = extension.toLowerCase();
  const known = imageFormat.safeParse(lower);
  const windows = /win(dows|\d|-|_)|\bw2k/i.test(stem);
  const system = systems.find(([pattern]) => pattern.test(stem))?.[1];
  const version = /(?:^|[-_ ])v?(\d{1,4}(?:\.\d{1,2})*)(?=$|[-_ .])/.exec(stem)?.[1];
  const format = known.success ? known.data : extensions[lower];
  return {
    name: stem.trim().slice(0, 128),
    format,
    osFamily: windows ? 'windows' : format === 'iso' && system === undefined ? 'other' : 'linux',
    osVersion: [system, version].filter((part) => part !== undefined && system !== undefined).join(' '),
    architecture: /aarch64|arm64/i.test(stem) ? 'aarch64' : 'x86_64',
    firmware: /uefi|efi|aarch64|arm64/i.test(stem) ? 'uefi' : 'bios',
    cloudInit: !windows && format !== 'iso',
  };
}
