import { BasaltError, both } from '@basalt/contract';

/** Deeper than any input of ours; deeper text would only cost stack. */
const DEPTH_MAX = 32;

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i += 1;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) {
      depth += 1;
      if (depth > DEPTH_MAX) return true;
    } else if (c === 0x7d || c === 0x5d) depth -= 1;
  }
  return false;
}

/** @throws BasaltError invalidInput at `field` when the text is not JSON or nested too deep. */
export function jsonRead(text: string, field: string): unknown {
  const refuse = (zh: string, en: string, cause?: unknown): BasaltError =>
    new BasaltError('invalidInput', { field, rule: both(zh, en) }, { field, cause });
  if (text.length > DEPTH_MAX && isTooDeep(text)) throw refuse('嵌套过深', 'nested too deep');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuse('不是有效的 JSON', 'not valid JSON', cause);
  }
}
