import { belongings } from './facts.ts';
import { expect, firstThings, test } from './fixtures.ts';
import { VmCreatePage } from './pages/vm-create.ts';
import { fresh, region } from './platform.ts';

test('[SCH-01][SCH-02][BYD-02] what does not fit is refused with the numbers, before and after submitting', async ({
  page,
  admin,
}) => {
  const before = await belongings();
  const { items } = await admin.api.host.list({ region, limit: 200 });
  const free = Math.max(...items.map(({ memory }) => memory.total - memory.allocated)) / 1024 ** 3;
  const name = fresh('giant');
  const form = new VmCreatePage(page);
  await form.open();
  await form.size(2, 64);
  await form.name.fill(name);

  await test.step('the form says it while one types: too little, how much is needed and how much there is', async () => {
    await expect(form.answers).toContainText('不足');
    await expect(form.answers).toContainText(/64 ?GiB/u);
    await expect(form.answers).toContainText(new RegExp(`${Math.floor(free)}(?:\\.\\d+)? ?GiB`, 'u'));
  });
  await test.step('submitting is refused with the same numbers, and what was typed stays', async () => {
    await form.submit();
    const alert = page.getByRole('main').getByRole('alert').filter({ hasText: /64/u }).first();
    await expect(alert).toBeVisible();
    await expect(alert).toContainText(/需要|不足|差/u);
    await expect(page).toHaveURL(/\/vms\/new/u);
    await expect(form.name).toHaveValue(name);
  });

  const { image, network } = await firstThings(admin.api);
  const refused = admin.api.vm.create({
    region,
    name,
    imageId: image.id,
    vcpu: 2,
    memory: 64 * 1024 ** 3,
    nics: [{ networkId: network.id }],
  });
  await expect(refused).rejects.toMatchObject({
    code: 'capacityExceeded',
    params: { needed: expect.stringContaining('64'), available: expect.stringMatching(/\d/u) },
  });
  expect((await admin.api.vm.list({ region, search: name })).total).toBe(0);
  expect(await belongings()).toEqual(before);
});
