import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { gib, type AccountId, type ImageId } from '@basalt/contract';
import { newId } from '@basalt/service';
import { harness } from '../../test/task-harness.ts';
import { imageUploads, pool } from '../../test/task-fixture.ts';
import { imageInsert } from '../store/image.ts';
import { images } from '../store/schema/index.ts';
import { transact } from '../store/transact.ts';
import { theFour, type Scenario } from '../workflow/test-kit.ts';
import { imageDelete } from './image-delete.ts';
import { imageImport } from './image-import.ts';

const h = harness([imageImport, imageDelete]);
const same = (actual: unknown, expected: unknown): void => expect(actual).toEqual(expected);

function qcow2(virtualSize: number, backing = 0n): Buffer {
  const head = Buffer.alloc(104);
  head.write('QFI\u{fb}', 'latin1');
  head.writeUInt32BE(3, 4);
  head.writeBigUInt64BE(backing, 8);
  head.writeBigUInt64BE(BigInt(virtualSize), 24);
  return head;
}

const begin = (kind: string, state: 'uploading' | 'deleting', content: Buffer) => () =>
  transact(h.region.db, async (work) => {
    const subject = newId<ImageId>();
    writeFileSync(join(h.region.stateDirectory, `${subject}.upload`), content);
    await imageInsert(
      work.tx,
      {
        id: subject,
        name: `image ${subject}`,
        format: 'qcow2',
        state,
        osFamily: 'linux',
        architecture: 'x86_64',
        firmware: 'bios',
        guestAgent: true,
        cloudInit: true,
        defaultUser: 'root',
        storageClusterId: h.region.storageClusterId,
        rbdImage: `image-${subject}`,
        fileSize: content.length,
        ownerId: newId<AccountId>(),
      },
      `${subject}.upload`,
    );
    return { subject, taskId: await h.enqueue(work, kind, subject, { imageId: subject }) };
  });

async function seen(id: ImageId) {
  const [image] = await h.region.db.select().from(images).where(eq(images.id, id));
  const uploads = await h.region.db.select().from(imageUploads).where(eq(imageUploads.imageId, id));
  return {
    state: image?.state,
    virtualSize: image?.virtualSize,
    stored: h.region.storage.images.has(`${pool}/image-${id}`),
    upload: uploads.length,
    file: existsSync(join(h.region.stateDirectory, `${id}.upload`)),
  };
}

theFour(test, same, 'IMG-02', imageImport, (): Scenario<ImageId> => ({
  registry: h.registry,
  ended: h.ended,
  begin: begin('image.upload', 'uploading', qcow2(gib(2))),
  succeeded: async (id) =>
    expect(await seen(id)).toEqual({ state: 'available', virtualSize: gib(2), stored: true, upload: 0, file: false }),
  clean: async (id) => expect(await seen(id)).toMatchObject({ state: 'error', stored: false }),
}));
theFour(test, same, 'IMG-05', imageDelete, (): Scenario<ImageId> => ({
  registry: h.registry,
  ended: h.ended,
  begin: begin('image.delete', 'deleting', qcow2(gib(2))),
  succeeded: async (id) => expect(await seen(id)).toMatchObject({ state: 'deleted', stored: false }),
  // what is gone stays so, whatever happens afterwards
  clean: async (id) => {
    const now = await seen(id);
    expect(['error', 'deleted']).toContain(now.state);
    expect(now.stored).toBe(false);
  },
}));

test.each([
  ['a text file named .qcow2', Buffer.from('hello, this is text and not an image at all'), 'imageNotWhatItSays'],
  ['a qcow2 with a backing file', qcow2(gib(1), 104n), 'imageRefused'],
])('[IMG-03] %s is refused with its reason', async (_, content, code) => {
  const { subject, taskId } = await begin('image.upload', 'uploading', content)();
  expect(await h.ended(taskId)).toBe('failed');
  expect((await h.region.taskRow(taskId)).error?.code).toBe(code);
  expect(await seen(subject)).toMatchObject({ state: 'error', stored: false, upload: 0 });
});
