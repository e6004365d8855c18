import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  instanceAddress,
  instanceBridge,
  instanceCable,
  instanceCandidate,
  instanceChoiceFree,
  instanceFrom,
  instanceOpen,
  instancePort,
  instancePorts,
  instanceRead,
  instanceRelease,
  networkNames,
} from '../src/instance.ts';

const made: string[] = [];
function checkout(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'basalt-instance-')));
  made.push(dir);
  return dir;
}
afterEach(() => {
  for (const dir of made.splice(0)) {
    const instance = instanceRead(dir);
    if (instance !== undefined) instanceRelease(instance);
    rmSync(dir, { recursive: true });
  }
});

describe('[BYD-13] instance of a checkout', () => {
  test('[BYD-13] candidates are stable, in range, and differ by number', () => {
    const first = instanceCandidate('/srv/basalt', 0);
    expect(instanceCandidate('/srv/basalt', 0)).toEqual(first);
    expect(instanceCandidate('/srv/basalt', 1)).not.toEqual(first);
    for (let n = 0; n < 300; n += 1) {
      const one = instanceCandidate('/srv/basalt', n);
      expect(one.id).toMatch(/^[0-9a-f]{4}$/);
      expect(one.s).toBeGreaterThanOrEqual(64);
      expect(one.s).toBeLessThanOrEqual(191);
      expect(one.portBase % 50).toBe(0);
      expect(one.portBase).toBeGreaterThanOrEqual(20_000);
      expect(one.portBase).toBeLessThan(30_000);
    }
  });

  test('[BYD-13] names of links fit the kernel, addresses follow the plan, ports are distinct', () => {
    const instance = instanceFrom('/srv/basalt', { id: 'a1b2', s: 100, portBase: 20_050 });
    for (const network of networkNames) {
      expect(instanceBridge(instance, network).length).toBeLessThanOrEqual(15);
      expect(instanceCable(instance, 9, network).length).toBeLessThanOrEqual(15);
    }
    expect(instanceAddress(instance, 'management')).toBe('10.100.0.1');
    expect(instanceAddress(instance, 'storage', 3)).toBe('10.100.1.13');
    expect(instanceAddress(instance, 'provider', 1)).toBe('10.100.2.11');
    const ports = Object.values(instancePorts(instance));
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.max(...ports)).toBeLessThan(20_100);
    expect(instancePort(instance, 'gateway')).toBe(20_050);
  });

  test('[BYD-13] a long path gets a socket the kernel can bind', () => {
    const instance = instanceFrom(`/srv/${'x'.repeat(120)}`, { id: 'a1b2', s: 100, portBase: 20_050 });
    expect(Buffer.byteLength(instance.supervisorSocket)).toBeLessThan(108);
  });

  test('[BYD-13] the choice is kept', async () => {
    const dir = checkout();
    const instance = await instanceOpen(dir);
    expect(await instanceOpen(dir)).toEqual(instance);
    expect(JSON.parse(readFileSync(join(dir, '.run', 'instance.json'), 'utf8'))).toEqual({
      id: instance.id,
      s: instance.s,
      portBase: instance.portBase,
    });
  });

  test('[BYD-13] a choice another checkout has claimed is passed over', async () => {
    const dir = checkout();
    const other = checkout();
    const preferred = instanceCandidate(dir, 0);
    mkdirSync('/var/tmp/basalt-instances', { recursive: true });
    mkdirSync(join(other, '.run'));
    const claim = join('/var/tmp/basalt-instances', `id-${preferred.id}`);
    writeFileSync(join(other, '.run', 'instance.json'), JSON.stringify(instanceCandidate(other, 0)));
    writeFileSync(claim, other, { flag: 'wx' });
    try {
      expect((await instanceOpen(dir)).id).not.toBe(preferred.id);
    } finally {
      rmSync(claim);
    }
  });

  test('[BYD-13] a copied .run is refused, a deleted one comes back the same', async () => {
    const dir = checkout();
    const copy = checkout();
    const instance = await instanceOpen(dir);
    cpSync(join(dir, '.run'), join(copy, '.run'), { recursive: true });
    await expect(instanceOpen(copy)).rejects.toThrow(/was copied from another checkout/);
    rmSync(join(copy, '.run'), { recursive: true });
    rmSync(join(dir, '.run'), { recursive: true });
    expect(await instanceOpen(dir)).toEqual(instance);
  });

  test('[BYD-13] a choice with a port in use is not free', async () => {
    const choice = instanceCandidate(checkout(), 0);
    expect(await instanceChoiceFree(choice)).toBe(true);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(choice.portBase + 2, '127.0.0.1', resolve));
    expect(await instanceChoiceFree(choice)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });
});
