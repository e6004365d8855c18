import { domainXml, guestFile } from './facts.ts';
import { expect, guestUp, test, vmsRunning } from './fixtures.ts';
import { region } from './platform.ts';

test('[VM-19] a VM with UEFI boots by it: OVMF loads it, its system knows, and its variables go with it', async ({
  admin,
  keeper,
}) => {
  const [vm] = await vmsRunning(admin.api, keeper, 1, { firmware: 'uefi' });
  if (!vm?.host) throw new Error('no VM was made');
  expect(vm.firmware).toBe('uefi');
  const xml = await domainXml(vm.host.name, vm.id);
  expect(xml).toMatch(/<loader [^>]*type='pflash'[^>]*>[^<]*OVMF/u);
  expect(xml).toMatch(/<nvram[^>]*>[^<]*<\/nvram>/u);
  await guestUp(admin.api, vm.id);
  expect(await guestFile(vm.host.name, vm.id, '/sys/firmware/efi/fw_platform_size')).toBe('64\n');
  await admin.api.vm.powerOff({ region, id: vm.id });
});
