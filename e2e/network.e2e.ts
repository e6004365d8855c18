import { commandRun, ovnEndpoints } from '@basalt/lab';
import { guestAgent } from './facts.ts';
import { expect, firstThings, guestUp, small, test, vmReaches, type Person } from './fixtures.ts';
import { NetworksPage } from './pages/networks.ts';
import { VmCreatePage } from './pages/vm-create.ts';
import { VmPage } from './pages/vm.ts';
import { firstNames, fresh, instance, region } from './platform.ts';

/** A VLAN that no network has, so that runs do not stand in each other's way. */
async function freeVlan({ api }: Person): Promise<number> {
  const { items } = await api.network.list({ region, limit: 200 });
  const taken = new Set(items.map(({ vlan }) => vlan));
  for (let vlan = 200; vlan < 4000; vlan += 1) if (!taken.has(vlan)) return vlan;
  throw new Error('no VLAN is free');
}

test('[NET-01][NET-02][NET-03][VM-24] a network made in the browser gives its VM an address, by OVN', async ({
  page,
  admin,
  keeper,
}) => {
  const vlan = await freeVlan(admin);
  const octet = vlan % 250;
  const name = fresh('net');
  keeper.later(async () => {
    const { items } = await admin.api.network.list({ region, search: name, limit: 200 });
    for (const { id } of items) await admin.api.network.delete({ region, id });
    await expect
      .poll(async () => (await admin.api.network.list({ region, search: name, limit: 200 })).total, { timeout: 30_000 })
      .toBe(0);
    const { northboundSocket } = ovnEndpoints(instance);
    const left = await commandRun(['ovn-nbctl', `--db=${northboundSocket}`, '--timeout=10', 'ls-list']);
    for (const { id } of items) expect(left).not.toContain(id);
  });

  const networks = new NetworksPage(page);
  await networks.open();
  await networks.fill({ name, vlan, cidr: `10.77.${octet}.0/24` });
  // Filled from the range, to be changed when it is another.
  await expect(networks.field('gateway')).toHaveValue(`10.77.${octet}.1`);
  await networks.submit();
  const row = networks.row(name);
  await expect(row.getByText('可用', { exact: true })).toBeVisible();
  await expect(row).toContainText(`10.77.${octet}.0/24`);

  const vmName = fresh('vm');
  keeper.vmsNamed(vmName);
  const form = new VmCreatePage(page);
  await form.open();
  await form.size(small.vcpu, 1);
  await form.network(name, vlan);
  await form.name.fill(vmName);
  await expect(form.answers).toContainText(`10.77.${octet}.`);
  await form.submit();
  await new VmPage(page).shows('running');

  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const { items } = await admin.api.vm.list({ region, search: vmName });
  const [vm] = items;
  if (!vm) throw new Error('the VM is not in the list');
  expect(id).toBe(vm.id);
  await guestUp(admin.api, vm.id);
  const now = await vmReaches(admin.api, vm.id, 'running');
  const [address = ''] = now.addresses;
  expect(address).toMatch(new RegExp(`^10\\.77\\.${octet}\\.\\d+$`, 'u'));
  // The guest was only told to ask; what it has, it has by OVN's own DHCP.
  await expect
    .poll(
      async () =>
        JSON.stringify(await guestAgent(now.host?.name ?? '', vm.id, { execute: 'guest-network-get-interfaces' })),
      {
        timeout: 30_000,
      },
    )
    .toContain(`"${address}"`);
});

test('[NET-01] a VLAN that another network has is refused at its field, by name', async ({ page, admin }) => {
  const { network } = await firstThings(admin.api);
  const networks = new NetworksPage(page);
  await networks.open();
  const name = fresh('net');
  await networks.fill({ name, vlan: network.vlan, cidr: '10.78.1.0/24' });
  await networks.submit();
  await expect(networks.vlan).toHaveAccessibleDescription(new RegExp(`VLAN ${network.vlan}`, 'u'));
  await expect(networks.vlan).toHaveAccessibleDescription(/已被/u);
  await expect(networks.drawer).toBeVisible();
  await expect(networks.field('name')).toHaveValue(name);

  const refused = admin.api.network.create({
    region,
    name,
    uplink: network.uplink,
    vlan: network.vlan,
    subnet: null,
  });
  await expect(refused).rejects.toMatchObject({ code: 'vlanTaken', field: 'vlan' });
  expect((await admin.api.network.list({ region, search: name })).total).toBe(0);
  expect(network.name).toBe(firstNames.network);
});
