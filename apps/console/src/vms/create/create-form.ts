/**
 * The state of the creation form and its way to the contract's input. Fields hold what a person types (GiB, text);
 * whether it is right is decided by the contract's schema alone, so form, API and server cannot disagree.
 */
import { vmCreateInput, type VmCreateInput } from '@basalt/contract';
import type { z } from 'zod';

export const GIB = 1024 ** 3;

export interface DiskRow {
  key: string;
  size: number | null;
  /** '' = with the image. */
  storageClusterId: string;
}
export interface NicRow {
  key: string;
  networkId: string;
  /** '' = the next free one. */
  address: string;
  mac: string;
  model: 'virtio' | 'e1000';
}
export interface CreateForm {
  imageId: string;
  clusterId: string;
  /** A flavour's id, or 'custom'. */
  flavorId: string;
  vcpu: number | null;
  memory: number | null;
  systemSize: number | null;
  systemStorage: string;
  dataDisks: DiskRow[];
  nics: NicRow[];
  name: string;
  count: number | null;
  startIndex: number | null;
  hostName: string;
  login: 'image' | 'password' | 'ssh';
  password: string;
  sshKeys: string;
  start: boolean;
  firmware: '' | 'bios' | 'uefi';
  cpuMode: VmCreateInput['cpuMode'];
  dns: string;
  note: string;
  protected: boolean;
}

export const emptyForm: CreateForm = {
  imageId: '',
  clusterId: '',
  flavorId: '',
  vcpu: 2,
  memory: 4,
  systemSize: 40,
  systemStorage: '',
  dataDisks: [],
  nics: [{ key: 'nic-0', networkId: '', address: '', mac: '', model: 'virtio' }],
  name: '',
  count: 1,
  startIndex: 1,
  hostName: '',
  login: 'image',
  password: '',
  sshKeys: '',
  start: true,
  firmware: '',
  cpuMode: 'custom',
  dns: '',
  note: '',
  protected: false,
};

const bytesOf = (gib: number | null): number => (gib ?? 0) * GIB;
const words = (text: string): string[] => text.split(/[\s,，、]+/u).filter((word) => word !== '');
const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

export type CreateInput = z.input<typeof vmCreateInput>;

/** What the API is sent for a form; what was left empty is left out, so that the server's defaults hold. */
export function createInput(form: CreateForm, region: string): CreateInput {
  const custom = form.flavorId === 'custom';
  const storage = (id: string) => (id === '' ? {} : { storageClusterId: id });
  return {
    region,
    name: form.name.trim(),
    ...(form.note === '' ? {} : { note: form.note }),
    count: form.count ?? 1,
    ...((form.count ?? 1) > 1 ? { startIndex: form.startIndex ?? 1 } : {}),
    ...(form.clusterId === '' ? {} : { clusterId: form.clusterId }),
    imageId: form.imageId,
    ...(custom
      ? { vcpu: form.vcpu ?? 0, memory: bytesOf(form.memory) }
      : form.flavorId === ''
        ? {}
        : { flavorId: form.flavorId }),
    systemDisk: { size: bytesOf(form.systemSize), ...storage(form.systemStorage) },
    ...(form.dataDisks.length === 0
      ? {}
      : { dataDisks: form.dataDisks.map((disk) => ({ size: bytesOf(disk.size), ...storage(disk.storageClusterId) })) }),
    nics: form.nics.map((nic) => ({
      networkId: nic.networkId,
      ...(nic.address.trim() === '' ? {} : { address: nic.address.trim() }),
      ...(nic.mac.trim() === '' ? {} : { mac: nic.mac.trim() }),
      ...(nic.model === 'virtio' ? {} : { model: nic.model }),
    })),
    ...(form.hostName.trim() === '' ? {} : { hostName: form.hostName.trim() }),
    ...(form.firmware === '' ? {} : { firmware: form.firmware }),
    ...(form.cpuMode === 'custom' ? {} : { cpuMode: form.cpuMode }),
    ...(form.login === 'password' ? { password: form.password } : {}),
    ...(form.login === 'ssh' ? { sshKeys: lines(form.sshKeys) } : {}),
    ...(words(form.dns).length === 0 ? {} : { dns: words(form.dns) }),
    ...(form.start ? {} : { start: false }),
    ...(form.protected ? { protected: true } : {}),
  };
}

export interface FieldProblem {
  /** Path with dots, as the contract names it: `nics.0.address`. */
  field: string;
  /** The field without numbers, for its words: `nics.address`. */
  kind: string;
  /** Nothing was typed or chosen. */
  missing: boolean;
  /** Name of the contract's own rule, when it is one of those. */
  rule: string;
}

/** A field's name without the numbers of rows: `nics.0.address` → `nics.address`, `dns.1` → `dns`. */
export const fieldKind = (field: string): string =>
  field
    .split('.')
    .filter((part) => !/^\d+$/u.test(part))
    .join('.');

/** Which field carries a problem on the page: list fields such as DNS have one control for all their items. */
export function fieldOnPage(field: string): string {
  const kind = fieldKind(field);
  if (kind === 'dns' || kind === 'sshKeys') return kind;
  if (kind === 'systemDisk') return 'systemDisk.size';
  return field;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** What the contract's schema finds wrong, one problem per field. Login asks for what was chosen but not typed. */
export function createProblems(input: CreateInput, form: CreateForm): FieldProblem[] {
  const found = new Map<string, FieldProblem>();
  const parsed = vmCreateInput.safeParse(input);
  for (const issue of parsed.success ? [] : parsed.error.issues) {
    const value = valueAt(input, issue.path);
    const field = fieldOnPage(issue.path.join('.'));
    if (found.has(field)) continue;
    const missing = value === undefined || value === '' || value === 0;
    found.set(field, { field, kind: fieldKind(field), missing, rule: issue.message });
  }
  if (input.flavorId === undefined && input.vcpu === undefined)
    found.set('flavorId', { field: 'flavorId', kind: 'flavorId', missing: true, rule: '' });
  if (form.login === 'ssh' && lines(form.sshKeys).length === 0)
    found.set('sshKeys', { field: 'sshKeys', kind: 'sshKeys', missing: true, rule: '' });
  return [...found.values()];
}

/** The id of a field's control on the page. */
export const fieldId = (field: string): string => `vm-${field.replaceAll('.', '-')}`;

/** The sizes an input number may step through: 1, then even numbers. */
export const evenOf = (value: number | null): number | null =>
  value === null || value <= 1 ? value : value + (value % 2);
