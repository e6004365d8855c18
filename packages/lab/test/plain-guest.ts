/** Starts a guest with nothing of the product: rbd, ovn-nbctl, genisoimage and virsh. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cephFiles } from '../src/ceph.ts';
import { commandRun, waitFor } from '../src/exec.ts';
import { hostCommand } from '../src/host.ts';
import { type Instance, instanceAddress } from '../src/instance.ts';
import { ovnEndpoints } from '../src/ovn.ts';

const secretUuid = '6f2a4a3e-6a55-4a0e-9a43-0d4c8a6f0b11';

export interface PlainGuest {
  name: string;
  host: number;
  mac: string;
  ip: string;
  portUuid: string;
}

const onHost = (instance: Instance, host: number, argv: string[], timeoutMs = 30_000) =>
  commandRun(hostCommand(instance, host, argv), { timeoutMs });

export const virsh = (instance: Instance, host: number, ...args: string[]) =>
  onHost(instance, host, ['virsh', '-q', '-c', 'qemu:///system', ...args], 60_000);

export function rbd(instance: Instance, ...args: string[]): Promise<string> {
  return commandRun(['rbd', '-c', cephFiles(instance).conf, '-n', 'client.basalt', ...args], { timeoutMs: 120_000 });
}

export function nbctl(instance: Instance, ...args: string[]): Promise<string> {
  return commandRun(['ovn-nbctl', '--timeout=20', `--db=${ovnEndpoints(instance).northboundSocket}`, ...args]);
}

/** Imports a qcow2 as `ssd/<name>@base`. */
export async function imageImport(instance: Instance, qcow2: string, name: string): Promise<void> {
  const conf = cephFiles(instance).conf;
  await commandRun(
    [
      'qemu-img',
      'convert',
      '-W',
      '-m',
      '16',
      '-f',
      'qcow2',
      '-O',
      'raw',
      qcow2,
      `rbd:ssd/${name}:id=basalt:conf=${conf}`,
    ],
    {
      timeoutMs: 120_000,
    },
  );
  await rbd(instance, 'snap', 'create', `ssd/${name}@base`);
}

/** A switch with DHCP; gives the UUID of its DHCP options. */
export async function switchCreate(instance: Instance, name: string, cidr: string, gateway: string): Promise<string> {
  await nbctl(instance, 'ls-add', name);
  const uuid = (await nbctl(instance, 'create', 'dhcp_options', `cidr=${cidr}`)).trim();
  const options = [
    'lease_time=3600',
    `server_id=${gateway}`,
    'server_mac=02:00:00:00:00:01',
    'mtu=1450',
    `router=${gateway}`,
  ];
  await nbctl(instance, 'dhcp-options-set-options', uuid, ...options);
  return uuid;
}

async function secretEnsure(instance: Instance, host: number): Promise<void> {
  const keyring = readFileSync(cephFiles(instance).basaltKeyring, 'utf8');
  const key = /key = (\S+)/.exec(keyring)?.[1] ?? '';
  const file = join(instance.labDir, 'secret.xml');
  writeFileSync(
    file,
    `<secret ephemeral='no' private='no'><uuid>${secretUuid}</uuid><usage type='ceph'><name>client.basalt</name></usage></secret>`,
  );
  await virsh(instance, host, 'secret-define', file);
  await virsh(instance, host, 'secret-set-value', '--secret', secretUuid, '--base64', key);
}

const domainXml = (instance: Instance, guest: PlainGuest, seed: string) => `<domain type='qemu'>
  <name>${guest.name}</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os>
  <features><acpi/><apic/></features>
  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='network' device='disk'><driver name='qemu' type='raw' cache='none' discard='unmap'/>
      <auth username='basalt'><secret type='ceph' uuid='${secretUuid}'/></auth>
      <source protocol='rbd' name='ssd/${guest.name}'>${[1, 2, 3].map((host) => `<host name='${instanceAddress(instance, 'storage', host)}' port='6789'/>`).join('')}</source>
      <target dev='vda' bus='virtio'/></disk>
    <controller type='scsi' model='virtio-scsi'/>
    <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='${seed}'/><target dev='sda' bus='scsi'/><readonly/></disk>
    <interface type='bridge'><mac address='${guest.mac}'/><source bridge='br-int'/>
      <virtualport type='openvswitch'><parameters interfaceid='${guest.portUuid}'/></virtualport><model type='virtio'/>
      <driver name='qemu'><host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/><guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/></driver></interface>
    <serial type='pty'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <graphics type='vnc' socket='/run/basalt/${guest.name}.vnc'/><video><model type='vga'/></video>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
`;

/** Clones the image, makes the port, the seed and the domain, and starts it. */
export async function guestStart(
  instance: Instance,
  guest: PlainGuest,
  image: string,
  network: { name: string; dhcp: string },
): Promise<void> {
  await rbd(instance, 'clone', `ssd/${image}@base`, `ssd/${guest.name}`);
  await nbctl(instance, 'lsp-add', network.name, guest.portUuid);
  await nbctl(instance, 'lsp-set-addresses', guest.portUuid, `${guest.mac} ${guest.ip}`);
  await nbctl(instance, 'lsp-set-dhcpv4-options', guest.portUuid, network.dhcp);
  const dir = join(instance.labDir, 'seeds', guest.name);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'meta-data'), `instance-id: ${guest.name}\nlocal-hostname: ${guest.name}\n`);
  writeFileSync(join(dir, 'user-data'), '#cloud-config\npassword: basalt-lab\n');
  const files = ['meta-data', 'user-data'].map((name) => join(dir, name));
  await commandRun([
    'genisoimage',
    '-quiet',
    '-output',
    `${dir}.iso`,
    '-volid',
    'cidata',
    '-joliet',
    '-rock',
    ...files,
  ]);
  writeFileSync(`${dir}.xml`, domainXml(instance, guest, `${dir}.iso`));
  await secretEnsure(instance, guest.host);
  await virsh(instance, guest.host, 'define', `${dir}.xml`);
  await virsh(instance, guest.host, 'start', guest.name);
}

/** Waits until the guest's agent answers. @returns milliseconds waited */
export async function guestAgentWait(instance: Instance, guest: PlainGuest, timeoutMs = 120_000): Promise<number> {
  const from = Date.now();
  await waitFor(`the agent of ${guest.name}`, timeoutMs, async () => {
    await virsh(instance, guest.host, 'qemu-agent-command', guest.name, '{"execute":"guest-ping"}', '--timeout', '3');
    return true;
  });
  return Date.now() - from;
}
