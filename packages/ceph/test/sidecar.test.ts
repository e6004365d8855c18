import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Sidecar } from '../src/sidecar/sidecar.ts';

const script = fileURLToPath(new URL('fake-sidecar.mjs', import.meta.url));

describe('supervision of the helper process', () => {
  const started: Sidecar[] = [];
  const sidecarOf = (user: string, command: readonly string[] = [process.execPath, script]): Sidecar => {
    const sidecar = new Sidecar({ conf: '/x', user }, { command });
    started.push(sidecar);
    return sidecar;
  };
  afterEach(async () => {
    for (const sidecar of started.splice(0)) await sidecar.close();
  });

  const usableSoon = async (sidecar: Sidecar): Promise<void> => {
    const deadline = performance.now() + 5000;
    while (!(await sidecar.usable())) {
      if (performance.now() > deadline) throw new Error('the helper did not come back');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('[STO-01] answers, maps errnos to kinds, keeps deadlines and obeys aborts', async () => {
    const sidecar = sidecarOf('a');
    expect(await sidecar.usable()).toBe(true);
    expect(await sidecar.call('echo', {})).toBe('echo');
    await expect(sidecar.call('enoent', {})).rejects.toMatchObject({ kind: 'not-found', code: 2 });
    await expect(sidecar.call('silent', {}, { timeoutMs: 20 })).rejects.toMatchObject({ kind: 'timeout' });
    await expect(sidecar.call('silent', {}, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      kind: 'aborted',
    });
    expect(await sidecar.call('echo', {})).toBe('echo');
  });

  it.each(['crash', 'garbage'])(
    '[STO-01] rejects what is pending on %s and comes back as a new process',
    async (method) => {
      const sidecar = sidecarOf('a');
      await sidecar.usable();
      const pid = sidecar.pid;
      const pending = [sidecar.call('silent', {}), sidecar.call(method, {})];
      for (const call of pending) await expect(call).rejects.toMatchObject({ kind: 'crashed' });
      expect(await sidecar.usable()).toBe(false);
      await usableSoon(sidecar);
      expect(sidecar.pid).not.toBe(pid);
    },
  );

  it('[STO-01] replaces a helper all of whose threads hang', async () => {
    const sidecar = sidecarOf('a');
    await sidecar.usable();
    const pid = sidecar.pid;
    const calls = Array.from({ length: 12 }, () => sidecar.call('silent', {}, { timeoutMs: 10 }));
    for (const call of calls) await expect(call).rejects.toMatchObject({ kind: 'timeout' });
    await usableSoon(sidecar);
    await expect.poll(async () => (await sidecar.usable()) && sidecar.pid !== pid, { timeout: 5000 }).toBe(true);
  });

  it('[STO-01] gives up for good without Python or its bindings', async () => {
    for (const sidecar of [sidecarOf('nobindings'), sidecarOf('a', ['/nonexistent/python3'])]) {
      expect(await sidecar.usable()).toBe(false);
      expect(await sidecar.usable()).toBe(false);
      await expect(sidecar.call('echo', {})).rejects.toMatchObject({ kind: 'crashed' });
    }
  });
});
