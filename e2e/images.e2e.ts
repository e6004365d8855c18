import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandRun, guestImageEnsure } from '@basalt/lab';
import { stateLabel, type ImageId } from '@basalt/contract';
import { rbdImages } from './facts.ts';
import { expect, test as base, type Keeper, type Person } from './fixtures.ts';
import { ImagesPage } from './pages/images.ts';
import { fresh, instance, region } from './platform.ts';

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'basalt-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

const word = (state: 'available' | 'error'): string => stateLabel('image', state, 'zh-CN');

async function imageNamed({ api }: Person, name: string) {
  const { items } = await api.image.list({ region, search: name, limit: 200 });
  const found = items.find((image) => image.name === name);
  if (!found) throw new Error(`there is no image ${name}`);
  return found;
}

/** Deletes the image at the end and proves that nothing of it stays in Ceph. */
function imageGoes({ api }: Person, keeper: Keeper, name: string): void {
  keeper.later(async () => {
    const { items } = await api.image.list({ region, search: name, limit: 200 });
    const ids: ImageId[] = items.filter((image) => image.name === name).map(({ id }) => id);
    for (const id of ids) await api.image.delete({ region, id });
    await expect
      .poll(async () => (await rbdImages()).filter((image) => ids.some((id) => image.includes(id))), {
        message: `nothing of ${name} stays in Ceph`,
        timeout: 30_000,
      })
      .toEqual([]);
    await expect
      .poll(async () => (await api.image.list({ region, search: name, limit: 200 })).total, { timeout: 30_000 })
      .toBe(0);
  });
}

test('[IMG-02][IMG-03] a good image is uploaded by the browser, imported and usable, with its progress shown', async ({
  page,
  admin,
  keeper,
}) => {
  const file = await guestImageEnsure(instance, 'tiny');
  const name = fresh('image');
  imageGoes(admin, keeper, name);
  const images = new ImagesPage(page);
  await images.open();
  // Slow enough that the progress of a small file can be seen.
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 6 * 1024 * 1024,
  });
  await images.upload(file, name);
  const row = images.row(name);
  await expect(row.getByRole('progressbar').first()).toBeVisible();
  await expect(row.getByText(word('available'), { exact: true })).toBeVisible({ timeout: 60_000 });

  const image = await imageNamed(admin, name);
  expect(image.virtualSize).toBe(64 * 1024 ** 2);
  expect((await rbdImages()).filter((found) => found.endsWith(`image-${image.id}`))).toHaveLength(1);
});

test('[IMG-02] a text file that is named .qcow2 is refused, and the page says why', async ({
  page,
  admin,
  keeper,
  folder,
}) => {
  const file = join(folder, 'notes.qcow2');
  writeFileSync(file, 'These are notes and no disk.\n'.repeat(4000));
  const name = fresh('text');
  imageGoes(admin, keeper, name);
  const images = new ImagesPage(page);
  await images.open();
  await images.upload(file, name);
  await expect(images.row(name).getByText(word('error'), { exact: true })).toBeVisible({ timeout: 30_000 });
  await images.row(name).getByRole('link', { name, exact: true }).click();
  await expect(page.getByText(/不是所声明的 qcow2/u).first()).toBeVisible();
  const image = await imageNamed(admin, name);
  expect((await rbdImages()).filter((found) => found.includes(image.id))).toEqual([]);
});

test('[IMG-02] a qcow2 with a backing file is refused, and nothing of the other file is read', async ({
  page,
  admin,
  keeper,
  folder,
}) => {
  const base = join(folder, 'secret.raw');
  writeFileSync(base, 'x'.repeat(65_536));
  const file = join(folder, 'thief.qcow2');
  await commandRun(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', base, file]);
  const name = fresh('backed');
  imageGoes(admin, keeper, name);
  const images = new ImagesPage(page);
  await images.open();
  await images.upload(file, name);
  await expect(images.row(name).getByText(word('error'), { exact: true })).toBeVisible({ timeout: 30_000 });
  await images.row(name).getByRole('link', { name, exact: true }).click();
  await expect(page.getByText(/镜像被拒绝/u).first()).toBeVisible();
  const image = await imageNamed(admin, name);
  expect(image.state).toBe('error');
  expect(image.reason).not.toContain('xxxx');
  expect((await rbdImages()).filter((found) => found.includes(image.id))).toEqual([]);
});
