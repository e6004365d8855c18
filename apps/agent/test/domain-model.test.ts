import { expect, test } from 'vitest';
import { domainFromXml, domainToXml } from '@basalt/libvirt';
import { domainModelOf, monitorOf } from '../src/operations/domain-model-of.ts';
import { watcherHost } from '../src/operations/image-watchers.ts';
import { domainOf, newVm } from './specs.ts';

const files = {
  consoleSocket: (id: string, kind: string) => `/run/b/${id}.${kind}`,
  serialLog: (id: string) => `/var/b/${id}.log`,
  nvram: (id: string) => `/var/b/${id}.fd`,
};
const settings = { integrationBridge: 'br-int', offloads: 'off' } as const;

test('[VM-15] VNC and serial are unix sockets, the disk is RBD with its secret, text is data', () => {
  const vm = newVm();
  const model = domainModelOf({ spec: domainOf(vm), epoch: 7, seedPath: null, virtualisation: 'tcg', settings, files });
  const xml = domainToXml(model);
  expect(domainFromXml(xml)).toEqual(model);
  expect(xml).toContain(`socket="/run/b/${vm}.vnc"`);
  expect(xml).not.toMatch(/listen="|type="address"|port="59/u);
  expect(xml).toContain('web &lt;1&gt; &amp; ');
  expect(model).toMatchObject({
    type: 'qemu',
    name: `vm-${vm}`,
    metadata: { vmId: vm, epoch: 7 },
    disks: [{ errorPolicy: 'stop', source: { type: 'rbd', auth: { user: 'basalt' } } }],
    interfaces: [{ offloads: 'off', bridge: 'br-int' }],
  });
});

test('[VM-03] the processor follows what the host can do', () => {
  const cpu = (cpuMode: 'custom' | 'host-model' | 'host-passthrough', virtualisation: 'kvm' | 'tcg') =>
    domainModelOf({ spec: domainOf(newVm(), { cpuMode }), epoch: 1, seedPath: null, virtualisation, settings, files })
      .cpu.mode;
  expect([
    cpu('custom', 'tcg'),
    cpu('host-passthrough', 'tcg'),
    cpu('host-passthrough', 'kvm'),
    cpu('host-model', 'kvm'),
  ]).toEqual(['default', 'maximum', 'host-passthrough', 'host-model']);
});

test('[HA-02] addresses of monitors and watchers, in both families', () => {
  expect(monitorOf('10.0.0.1')).toEqual({ host: '10.0.0.1', port: null });
  expect(monitorOf('10.0.0.1:6789')).toEqual({ host: '10.0.0.1', port: 6789 });
  expect(monitorOf('[fd00::1]:3300')).toEqual({ host: 'fd00::1', port: 3300 });
  expect(() => monitorOf('a b:x')).toThrow(TypeError);
  expect(watcherHost('10.0.0.1:0/123')).toBe('10.0.0.1');
  expect(watcherHost('[fd00::1]:0/123')).toBe('fd00::1');
});
