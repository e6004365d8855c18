import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorizationOf, canonicalQuery, stringToSign } from '@basalt/contract';

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((made) => made.isWellFormed());
const pairs = fc.array(fc.tuple(text, text), { maxLength: 8 });
const spelled = (of: readonly (readonly [string, string])[]): string =>
  of.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
/** The same pairs in another spelling: everything that may be is percent-encoded, in lower case. */
const spelledOut = (of: readonly (readonly [string, string])[]): string => {
  const each = (word: string): string =>
    [...new TextEncoder().encode(word)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return of.map(([name, value]) => `${each(name)}=${each(value)}`).join('&');
};

describe('the query that is signed', () => {
  it('[IAM-15] does not depend on the order of its pairs', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), (given, turn) => {
        const at = given.length === 0 ? 0 : turn % given.length;
        const turned = [...given.slice(at), ...given.slice(0, at)];
        expect(canonicalQuery(spelled(turned))).toBe(canonicalQuery(spelled(given)));
        expect(canonicalQuery(spelled(given.toReversed()))).toBe(canonicalQuery(spelled(given)));
      }),
    );
  });

  it('[IAM-15] does not depend on how its characters are spelled', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        expect(canonicalQuery(spelledOut(given))).toBe(canonicalQuery(spelled(given)));
      }),
    );
  });

  it('[IAM-15] stays as it is when made canonical again, and says the same pairs', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const made = canonicalQuery(spelled(given));
        expect(canonicalQuery(made)).toBe(made);
        expect(made).toMatch(/^[A-Za-z0-9\-._~%=&]*$/u);
        const sort = (of: Iterable<[string, string]>): string[] =>
          [...of].map((pair) => JSON.stringify(pair)).toSorted();
        expect(sort(new URLSearchParams(made))).toEqual(sort(new URLSearchParams(spelled(given))));
      }),
    );
  });

  it('[IAM-15] is another whenever the pairs are others', () => {
    fc.assert(
      fc.property(pairs, pairs, (one, two) => {
        const sort = (of: readonly (readonly [string, string])[]): string[] =>
          of.map((pair) => JSON.stringify(pair)).toSorted();
        const same = JSON.stringify(sort(one)) === JSON.stringify(sort(two));
        expect(canonicalQuery(spelled(one)) === canonicalQuery(spelled(two))).toBe(same);
      }),
    );
  });

  it('[IAM-15] is sorted by name before value, and a bare name has an empty value', () => {
    expect(canonicalQuery('b=2&a-=1&a=2&a=1&c')).toBe('a=1&a=2&a-=1&b=2&c=');
    expect(canonicalQuery("x=a+b&y=!'()*~")).toBe('x=a%20b&y=%21%27%28%29%2A~');
    expect(() => canonicalQuery('x=%zz')).toThrow(URIError);
  });
});

it('[IAM-15] the text that is signed and the header are as docs/api.md says', () => {
  const parts = {
    method: 'GET',
    path: '/api/v1/regions',
    query: 'b=2&a=1',
    bodyHash: 'e3b0',
    time: 1_700_000_000,
    nonce: 'n',
  };
  expect(stringToSign(parts)).toBe('BASALT-HMAC-SHA256\nGET\n/api/v1/regions\na=1&b=2\ne3b0\n1700000000\nn');
  expect(authorizationOf('k', 1, 'n', 's')).toBe('Basalt-HMAC-SHA256 key=k, time=1, nonce=n, signature=s');
});
