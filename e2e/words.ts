/** The words of the console as its readers see them, so that tests and pages cannot drift apart; by language, area and key. */
import { readFileSync } from 'node:fs';
import { actionLabel, stateLabel, type Locale, type VmAction, type VmState } from '@basalt/contract';

type Messages = Readonly<Record<string, unknown>>;
const read = new Map<string, Messages>();

function messagesOf(locale: Locale, area: string): Messages {
  const file = new URL(`../apps/console/messages/${locale}/${area}.json`, import.meta.url);
  const known = read.get(file.pathname) ?? (JSON.parse(readFileSync(file, 'utf8')) as Messages);
  read.set(file.pathname, known);
  return known;
}

export type Words = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/** `words('zh-CN')('vm.create.title')` */
export const words =
  (locale: Locale): Words =>
  (key, params = {}) => {
    const [area = '', ...path] = key.split('.');
    let found: unknown = messagesOf(locale, area);
    for (const part of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, part) : undefined;
    if (typeof found !== 'string') throw new Error(`the console has no words ${key} in ${locale}`);
    return found.replaceAll(/\{(\w+)\}/gu, (whole, name: string) => String(params[name] ?? whole));
  };

export const zh = words('zh-CN');
export const vmStateWord = (state: VmState, locale: Locale = 'zh-CN'): string => stateLabel('vm', state, locale);
export const vmActionWord = (action: VmAction, locale: Locale = 'zh-CN'): string => actionLabel('vm', action, locale);
