import { describe, expect, test } from 'vitest';
import { commandLineParse } from '../src/cli-arguments.ts';
import { faultParse } from '../src/fault-arguments.ts';

describe('[BYD-13] command line of the lab', () => {
  test.each([
    [['up'], { command: 'up', hosts: undefined }],
    [['up', '--hosts', '5'], { command: 'up', hosts: 5 }],
    [['up', '--hosts=2'], { command: 'up', hosts: 2 }],
    [['status', '--json'], { command: 'status', json: true }],
    [['exec', 'host2', '--', 'ip', 'addr'], { command: 'exec', host: 2, argv: ['ip', 'addr'] }],
    [['guest', 'tiny'], { command: 'guest', guest: 'tiny' }],
    [['heal'], { command: 'heal' }],
  ])('[BYD-13] %j', (args, expected) => {
    expect(commandLineParse(args)).toEqual(expected);
  });

  test.each([
    [[]],
    [['sideways']],
    [['up', '--hosts', '0']],
    [['up', '--hosts', 'x']],
    [['up', 'now']],
    [['exec', 'host1']],
    [['exec', 'elsewhere', '--', 'ls']],
    [['guest', 'windows']],
    [['down', 'please']],
    [['fault']],
  ])('[BYD-13] %j is refused', (args) => {
    expect(commandLineParse(args)).toHaveProperty('error');
  });
});

describe('[BYD-13] faults', () => {
  test.each([
    [['pull', 'host2'], { kind: 'pull', host: 2 }],
    [['cut', 'host1', 'storage'], { kind: 'cut', host: 1, network: 'storage', direction: 'both' }],
    [['cut', 'host1', 'mana', 'from'], { kind: 'cut', host: 1, network: 'management', direction: 'from' }],
    [
      ['degrade', 'host3', 'provider', '--delay', '20', '--loss', '1.5'],
      { kind: 'degrade', host: 3, network: 'provider', degradation: { delayMs: 20, lossPercent: 1.5 } },
    ],
    [['freeze', 'host1.libvirtd'], { kind: 'freeze', process: 'host1.libvirtd' }],
    [['kill-osd', '4'], { kind: 'kill-osd', osd: 4 }],
    [['kill-mon', 'host3'], { kind: 'kill-mon', host: 3 }],
  ])('[BYD-13] %j', (args, expected) => {
    expect(faultParse(args)).toEqual(expected);
  });

  test.each([
    [[]],
    [['pull']],
    [['pull', 'host1', 'host2']],
    [['cut', 'host1']],
    [['cut', 'host1', 'storage', 'upwards']],
    [['degrade', 'host1', 'storage']],
    [['degrade', 'host1', 'storage', '--loss', '101']],
    [['degrade', 'host1', 'storage', '--delay']],
    [['kill-osd', 'x']],
    [['explode', 'host1']],
  ])('[BYD-13] %j is refused', (args) => {
    expect(faultParse(args)).toHaveProperty('error');
  });
});
