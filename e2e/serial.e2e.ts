import { expect, guestUp, test, vmRunning } from './fixtures.ts';
import { VmConsolePage } from './pages/vm-console.ts';
import { zh } from './words.ts';

test('[VM-15] the serial line of a VM is a terminal in the browser: what is typed is answered', async ({
  page,
  admin,
  keeper,
}) => {
  const vm = await vmRunning(admin.api, keeper);
  await guestUp(admin.api, vm.id);
  const view = new VmConsolePage(page);
  await view.open(vm.id);
  await view.connected();
  await page.getByText(zh('vm.console.lineSerial'), { exact: true }).click();
  await view.connected();
  const line = page.getByRole('textbox', { name: zh('vm.console.serialLine') });
  await line.press('Enter');
  const seen = page.locator('.xterm-rows');
  await expect(seen).toContainText(/login:|#/u);
  await line.pressSequentially('root\r');
  await expect(seen).toContainText('#');
  // the answer differs from what was typed, so that an echo proves nothing
  await line.pressSequentially('echo $((20 + 22))-answer\r');
  await expect(seen).toContainText('42-answer');
});
