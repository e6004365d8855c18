import { expect, test } from 'vitest';
import { tokenOf } from './link-token.ts';

test('[IAM-14] the token of a link is read from the fragment only when it can be one', () => {
  const token = 'a1_-'.repeat(10);
  expect(tokenOf(`#token=${token}`)).toBe(token);
  for (const fragment of ['', '#', '#token=', '#token=short', `#other=${token}`, '#token=%3Cscript%3E____________'])
    expect(tokenOf(fragment), fragment).toBeNull();
});
