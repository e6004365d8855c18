import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { seeAsAccount, seeAsGo, seeAsHeaders, seeAsSet } from './see-as.ts';

const kept = new Map<string, string>();
const assign = vi.fn<(path: string) => void>();

beforeEach(() => {
  kept.clear();
  assign.mockClear();
  vi.stubGlobal('window', {
    sessionStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    },
    location: { assign },
  });
});
afterEach(() => vi.unstubAllGlobals());

test('[BYD-13] every call of the tab carries the account that is seen as, until it ends', () => {
  expect(seeAsHeaders()).toEqual({});
  seeAsSet('0b0e4a4e-3c5e-4d57-9a51-0d6f2a4f7a11');
  expect(seeAsHeaders()).toEqual({ 'x-basalt-see-as': '0b0e4a4e-3c5e-4d57-9a51-0d6f2a4f7a11' });
  seeAsSet(null);
  expect(seeAsAccount()).toBeNull();
  expect(seeAsHeaders()).toEqual({});
});

test('[BYD-13] it begins and ends with a full load, so that nothing of the other view stays in memory', () => {
  seeAsGo('0b0e4a4e-3c5e-4d57-9a51-0d6f2a4f7a11', '/');
  expect(assign).toHaveBeenLastCalledWith('/');
  seeAsGo(null, '/r/hz1/accounts');
  expect(assign).toHaveBeenLastCalledWith('/r/hz1/accounts');
  expect(seeAsAccount()).toBeNull();
});
