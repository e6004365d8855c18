import { expect, test } from 'vitest';
import { guessFromFile } from './guess.ts';

test('[IMG-02] name, format and system are guessed from the file', () => {
  expect(guessFromFile('debian-13-genericcloud-amd64.qcow2')).toMatchObject({
    name: 'debian-13-genericcloud-amd64',
    format: 'qcow2',
    osFamily: 'linux',
    osVersion: 'Debian 13',
    architecture: 'x86_64',
    cloudInit: true,
  });
  expect(guessFromFile('openEuler-24.03-aarch64.img')).toMatchObject({
    format: 'raw',
    osVersion: 'openEuler 24.03',
    architecture: 'aarch64',
    firmware: 'uefi',
  });
  expect(guessFromFile('win2022-std.vhdx')).toMatchObject({ format: 'vhdx', osFamily: 'windows', cloudInit: false });
  expect(guessFromFile('virtio-drivers.ISO')).toMatchObject({ format: 'iso', osFamily: 'other' });
});

test('[IMG-02] a name that tells nothing leaves the choice to the reader', () => {
  expect(guessFromFile('disk')).toMatchObject({ name: 'disk', format: undefined, osFamily: 'linux', osVersion: '' });
});
