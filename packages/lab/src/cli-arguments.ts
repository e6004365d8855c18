/** The command line as data. Pure, so that it can be tested. */
import { type Fault, faultParse } from './fault-arguments.ts';

export const usage = `usage:
  up [--hosts N]             bring the lab up (default 3 hosts)
  down                       stop everything; state stays
  status [--json]            what runs, and Ceph's health
  reset                      down, and forget all state
  exec hostN -- COMMAND…     run a command on a host
  fault pull hostN           kill everything on a host and take its links down
  fault return hostN         power it on again
  fault cut hostN NETWORK [to|from]
                             cut a cable (management, storage, provider), both ways or one
  fault degrade hostN NETWORK [--delay MS] [--loss PERCENT] [--rate KBIT]
  fault freeze|thaw|kill PROCESS
                             a process of \`status\`, such as host2.libvirtd
  fault kill-osd ID          kill -9 an OSD and keep it down
  fault kill-mon hostN       the same for a monitor
  heal                       undo all faults
  guest tiny|debian          build the guest image if needed, print its path`;

export type CommandLine =
  | { command: 'up'; hosts: number | undefined }
  | { command: 'down' }
  | { command: 'status'; json: boolean }
  | { command: 'reset' }
  | { command: 'exec'; host: number; argv: string[] }
  | { command: 'fault'; fault: Fault }
  | { command: 'heal' }
  | { command: 'guest'; guest: 'tiny' | 'debian' };

export function commandLineParse(args: string[]): CommandLine | { error: string } {
  const [command, ...rest] = args;
  switch (command) {
    case 'up': {
      if (rest.length === 0) return { command, hosts: undefined };
      const value = /^--hosts=(\d+)$/.exec(rest.join('='))?.[1];
      const hosts = Number(value);
      if (value === undefined || hosts < 1 || hosts > 9) return { error: 'up takes --hosts N, from 1 to 9' };
      return { command, hosts };
    }
    case 'down':
    case 'reset':
    case 'heal':
      return rest.length === 0 ? { command } : { error: `${command} takes no arguments` };
    case 'status':
      if (rest.some((one) => one !== '--json')) return { error: 'status takes --json only' };
      return { command, json: rest.includes('--json') };
    case 'exec': {
      const host = Number(/^host([1-9])$/.exec(rest[0] ?? '')?.[1]);
      const argv = rest[1] === '--' ? rest.slice(2) : rest.slice(1);
      if (Number.isNaN(host) || argv.length === 0)
        return { error: 'exec takes a host and a command: exec host1 -- ip addr' };
      return { command, host, argv };
    }
    case 'fault': {
      const fault = faultParse(rest);
      return 'error' in fault ? fault : { command, fault };
    }
    case 'guest':
      if (rest.length !== 1 || (rest[0] !== 'tiny' && rest[0] !== 'debian'))
        return { error: 'guest takes tiny or debian' };
      return { command, guest: rest[0] };
    default:
      return { error: command === undefined ? 'no command' : `unknown command ${command}` };
  }
}
