import { domainHosts, guestPowerOff, virshState } from './facts.ts';
import { expect, guestUp, test, vmRunning } from './fixtures.ts';
import { VmPage } from './pages/vm.ts';
import { region } from './platform.ts';

test('[VM-04][VM-26] a VM is shut down, started, rebooted and powered off by its buttons', async ({
  page,
  admin,
  keeper,
}) => {
  const vm = await vmRunning(admin.api, keeper);
  await guestUp(admin.api, vm.id);
  const view = new VmPage(page);
  await view.open(vm.id);
  await view.shows('running');

  await view.ask('shutdown');
  await view.shows('stopped');
  expect(await domainHosts(vm.id, 'running')).toEqual([]);

  await view.ask('start');
  await view.shows('running');
  expect(await domainHosts(vm.id, 'running')).toHaveLength(1);
  await guestUp(admin.api, vm.id);

  await view.ask('reboot');
  await expect
    .poll(
      async () =>
        (await admin.api.task.list({ region, filter: { targetId: vm.id, kind: 'vm.reboot' } })).items[0]?.state,
      {
        timeout: 60_000,
      },
    )
    .toBe('succeeded');
  await view.shows('running');

  await view.ask('powerOff');
  await view.shows('stopped');
  expect(await domainHosts(vm.id, 'running')).toEqual([]);
});

test('[VM-04] a guest that powers itself off shows stopped within two seconds', async ({ page, admin, keeper }) => {
  const vm = await vmRunning(admin.api, keeper);
  await guestUp(admin.api, vm.id);
  const host = vm.host?.name ?? '';
  const view = new VmPage(page);
  await view.open(vm.id);
  await view.shows('running');
  await guestPowerOff(host, vm.id);
  await expect
    .poll(() => virshState(host, vm.id), { timeout: 30_000, intervals: [50], message: 'libvirt says shut off' })
    .toBe('shut off');
  await view.shows('stopped', 2000);
});

test('[VM-04] an action that the state forbids is dimmed and says why', async ({ page, admin, keeper }) => {
  const vm = await vmRunning(admin.api, keeper);
  await admin.api.vm.powerOff({ region, id: vm.id });
  const view = new VmPage(page);
  await view.open(vm.id);
  await view.shows('stopped');
  const reboot = view.toolbar.getByRole('button', { name: '重启', exact: true });
  await expect(reboot).toHaveAttribute('aria-disabled', 'true');
  await expect(reboot).toHaveAccessibleDescription(/仅运行状态的虚拟机可以重启，请先开机/u);
  await expect(admin.api.vm.reboot({ region, id: vm.id })).rejects.toMatchObject({ code: 'actionRefused' });
});
