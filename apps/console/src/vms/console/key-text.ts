/**
 * Key presses for a VNC server. Combinations that a browser or the operator's own system keeps for itself are sent from a
 * menu; text is sent one key at a time, because a guest at its login prompt has no clipboard.
 */
export interface Key {
  /** X11 keysym. */
  keysym: number;
  /** Name of the physical key of a US keyboard (KeyboardEvent.code), or null when it has none. */
  code: string | null;
}

const ctrl: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const alt: Key = { keysym: 0xffe9, code: 'AltLeft' };
const shift: Key = { keysym: 0xffe1, code: 'ShiftLeft' };
const functionKey = (n: number): Key => ({ keysym: 0xffbd + n, code: `F${n}` });

export interface Combination {
  id: string;
  /** As they are printed on keys, in every language. */
  caps: readonly string[];
  keys: readonly Key[];
}

export const combinations: readonly Combination[] = [
  { id: 'ctrl-alt-del', caps: ['Ctrl', 'Alt', 'Del'], keys: [ctrl, alt, { keysym: 0xffff, code: 'Delete' }] },
  ...[1, 2, 3, 7].map((n) => ({
    id: `ctrl-alt-f${n}`,
    caps: ['Ctrl', 'Alt', `F${n}`],
    keys: [ctrl, alt, functionKey(n)],
  })),
  { id: 'alt-tab', caps: ['Alt', 'Tab'], keys: [alt, { keysym: 0xff09, code: 'Tab' }] },
  { id: 'alt-f4', caps: ['Alt', 'F4'], keys: [alt, functionKey(4)] },
  { id: 'ctrl-esc', caps: ['Ctrl', 'Esc'], keys: [ctrl, { keysym: 0xff1b, code: 'Escape' }] },
  { id: 'super', caps: ['Super'], keys: [{ keysym: 0xffeb, code: 'MetaLeft' }] },
  {
    id: 'sysrq-b',
    caps: ['Alt', 'SysRq', 'B'],
    keys: [alt, { keysym: 0xff61, code: 'PrintScreen' }, { keysym: 0x62, code: 'KeyB' }],
  },
];

/** `[keysym, code, down]` in order: all down, then all up backwards. */
export const pressesOf = (keys: readonly Key[]): [number, string | null, boolean][] => [
  ...keys.map(({ keysym, code }): [number, string | null, boolean] => [keysym, code, true]),
  ...keys.toReversed().map(({ keysym, code }): [number, string | null, boolean] => [keysym, code, false]),
];

/** Unshifted and shifted characters of a US keyboard, by key. */
const usKeys: readonly (readonly [string, string, string])[] = [
  ['Backquote', '`', '~'],
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
  ['Space', ' ', ' '],
  ...Array.from('1234567890', (digit, index) => [`Digit${digit}`, digit, '!@#$%^&*()'[index] ?? ''] as const),
];

function keyOf(character: string): { key: Key; shifted: boolean } | null {
  if (character === '\n') return { key: { keysym: 0xff0d, code: 'Enter' }, shifted: false };
  if (character === '\t') return { key: { keysym: 0xff09, code: 'Tab' }, shifted: false };
  const keysym = character.codePointAt(0) ?? 0;
  if (/^[a-z]$/iu.test(character)) {
    const upper = character.toUpperCase();
    return { key: { keysym, code: `Key${upper}` }, shifted: character === upper };
  }
  const found = usKeys.find(([, plain, shifted]) => plain === character || shifted === character);
  return found ? { key: { keysym, code: found[0] }, shifted: found[1] !== character } : null;
}

/** Characters of a text that no key of a US keyboard makes; they cannot be typed into a guest. */
export const untypable = (text: string): string[] => [
  ...new Set(Array.from(text.replaceAll('\r', '')).filter((character) => keyOf(character) === null)),
];

/** The presses that type a text on a US keyboard; what has no key is left out. */
export function pressesOfText(text: string): [number, string | null, boolean][] {
  return Array.from(text.replaceAll('\r', '')).flatMap((character) => {
    const found = keyOf(character);
    return found ? pressesOf(found.shifted ? [shift, found.key] : [found.key]) : [];
  });
}
