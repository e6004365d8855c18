import { expect, test } from 'vitest';
import { combinations, pressesOf, pressesOfText, untypable } from './key-text.ts';

test('[VM-15] a combination is pressed in order and released backwards', () => {
  const found = combinations.find((item) => item.id === 'ctrl-alt-del');
  expect(pressesOf(found?.keys ?? []).map(([, code, down]) => `${down ? '+' : '-'}${code}`)).toEqual([
    '+ControlLeft',
    '+AltLeft',
    '+Delete',
    '-Delete',
    '-AltLeft',
    '-ControlLeft',
  ]);
});

test('[VM-15] typed text uses the keys of a US keyboard with shift where it is needed', () => {
  expect(pressesOfText('aA!\n').map(([, code, down]) => `${down ? '+' : '-'}${code}`)).toEqual([
    '+KeyA',
    '-KeyA',
    '+ShiftLeft',
    '+KeyA',
    '-KeyA',
    '-ShiftLeft',
    '+ShiftLeft',
    '+Digit1',
    '-Digit1',
    '-ShiftLeft',
    '+Enter',
    '-Enter',
  ]);
});

test('[VM-15] every printable ASCII character can be typed, others are named', () => {
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index)).join('');
  expect(untypable(ascii)).toEqual([]);
  expect(untypable('密码 é\r\n密')).toEqual(['密', '码', 'é']);
});
