import { vmCreateInput } from '@basalt/contract';
import { expect, test } from 'vitest';
import { createInput, createProblems, emptyForm, GIB, type CreateForm } from './create-form.ts';

const id = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const filled: CreateForm = {
  ...emptyForm,
  imageId: id(1),
  flavorId: id(2),
  name: ' web ',
  nics: [{ key: 'a', networkId: id(3), address: '', mac: '', model: 'virtio' }],
};

test('[VM-02] a form with only a name, image, flavour and network is a valid request without further fields', () => {
  const input = createInput(filled, 'hz1');
  expect(input).toEqual({
    region: 'hz1',
    name: 'web',
    count: 1,
    imageId: id(1),
    flavorId: id(2),
    systemDisk: { size: 40 * GIB },
    nics: [{ networkId: id(3) }],
  });
  expect(vmCreateInput.safeParse(input).success).toBe(true);
  expect(createProblems(input, filled)).toEqual([]);
});

test('[VM-02] everything that can be chosen reaches the request', () => {
  const form: CreateForm = {
    ...filled,
    clusterId: id(9),
    flavorId: 'custom',
    vcpu: 4,
    memory: 8,
    systemStorage: id(4),
    dataDisks: [{ key: 'd', size: 100, storageClusterId: id(5) }],
    nics: [{ key: 'a', networkId: id(3), address: '10.0.0.9', mac: '52:54:00:00:00:01', model: 'e1000' }],
    count: 3,
    startIndex: 7,
    hostName: 'web',
    login: 'ssh',
    sshKeys: 'ssh-ed25519 AAAA me\n\n',
    start: false,
    firmware: 'uefi',
    cpuMode: 'host-model',
    dns: '1.1.1.1, 8.8.8.8',
    note: 'n',
    protected: true,
  };
  const input = createInput(form, 'hz1');
  expect(vmCreateInput.safeParse(input).success).toBe(true);
  expect(input).toMatchObject({
    clusterId: id(9),
    vcpu: 4,
    memory: 8 * GIB,
    systemDisk: { storageClusterId: id(4) },
    dataDisks: [{ size: 100 * GIB, storageClusterId: id(5) }],
    nics: [{ address: '10.0.0.9', mac: '52:54:00:00:00:01', model: 'e1000' }],
    count: 3,
    startIndex: 7,
    hostName: 'web',
    sshKeys: ['ssh-ed25519 AAAA me'],
    start: false,
    firmware: 'uefi',
    cpuMode: 'host-model',
    dns: ['1.1.1.1', '8.8.8.8'],
    note: 'n',
    protected: true,
  });
  expect(input).not.toHaveProperty('flavorId');
});

test('[VM-03] what the contract refuses is found at its field, and an empty one is called missing', () => {
  const form: CreateForm = {
    ...filled,
    name: '',
    flavorId: 'custom',
    vcpu: 3,
    memory: 5,
    nics: [{ key: 'a', networkId: '', address: '10.0.0.999', mac: '', model: 'virtio' }],
    dns: '1.1.1.1 nowhere',
  };
  const found = createProblems(createInput(form, 'hz1'), form);
  const byField = Object.fromEntries(found.map((item) => [item.field, item]));
  expect(Object.keys(byField).toSorted()).toEqual([
    'dns',
    'memory',
    'name',
    'nics.0.address',
    'nics.0.networkId',
    'vcpu',
  ]);
  expect(byField['name']?.missing).toBe(true);
  expect(byField['vcpu']).toMatchObject({ missing: false, rule: 'oneOrEven' });
  expect(byField['nics.0.address']).toMatchObject({ kind: 'nics.address', missing: false });
});

test('[VM-08] a login that was chosen must be given', () => {
  const keys: CreateForm = { ...filled, login: 'ssh' };
  expect(createProblems(createInput(keys, 'hz1'), keys).map((item) => item.field)).toEqual(['sshKeys']);
  const password: CreateForm = { ...filled, login: 'password', password: 'short' };
  expect(createProblems(createInput(password, 'hz1'), password).map((item) => item.field)).toEqual(['password']);
});
