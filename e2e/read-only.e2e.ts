import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, firstThings, test, vmRunning } from './fixtures.ts';
import { VmPage } from './pages/vm.ts';
import { region } from './platform.ts';
import { zh } from './words.ts';

test.use({ as: 'nobody' });

test('[API-01][BYD-13] a read-only account sees everything, may change nothing and is told which permission is missing', async ({
  page,
  context,
  admin,
  reader,
  keeper,
}) => {
  const vm = await vmRunning(admin.api, keeper);
  await contextSignIn(context, reader);

  for (const [path, button, permission] of [
    [paths.vms(region), zh('vm.create.title'), 'vm:create'],
    [paths.images(region), zh('images.upload.open'), 'image:upload'],
    [paths.networks(region), zh('networks.create.open'), 'network:create'],
  ] as const) {
    await page.goto(path);
    const control = page.getByRole('main').getByRole('button', { name: button, exact: true }).first();
    await expect(control).toHaveAttribute('aria-disabled', 'true');
    await expect(control).toHaveAccessibleDescription(new RegExp(`需要权限 ${permission}`, 'u'));
    // Pressed all the same: it can be reached, and does nothing.
    await control.click({ force: true });
    await expect(page).toHaveURL(new RegExp(`${path}(?:\\?|$)`, 'u'));
    await expect(page.getByRole('dialog')).toBeHidden();
  }

  const view = new VmPage(page);
  await view.open(vm.id);
  await view.shows('running');
  const shutdown = view.toolbar.getByRole('button', { name: '关机', exact: true });
  await expect(shutdown).toHaveAttribute('aria-disabled', 'true');
  await expect(shutdown).toHaveAccessibleDescription(/需要权限 vm:shutdown/u);

  const { image, network } = await firstThings(reader.api);
  for (const [permission, call] of [
    ['vm:powerOff', () => reader.api.vm.powerOff({ region, id: vm.id })],
    ['vm:console', () => reader.api.vm.console({ region, id: vm.id })],
    ['vm:delete', () => reader.api.vm.delete({ region, id: vm.id })],
    ['image:delete', () => reader.api.image.delete({ region, id: image.id })],
    ['network:delete', () => reader.api.network.delete({ region, id: network.id })],
  ] as const)
    await expect(call()).rejects.toMatchObject({
      code: 'permissionMissing',
      params: { permission: expect.stringContaining(permission) },
    });
  expect((await admin.api.vm.get({ region, id: vm.id })).state).toBe('running');
});
