/** From what a contract schema finds to one sentence per field, in the reader's language. */
import { ruleTexts } from '@basalt/contract';
import { z } from 'zod';
import type { Locale } from '@/i18n/locales.ts';

const zodLocales = { 'zh-CN': z.locales.zhCN, 'en-US': z.locales.en } as const;

/** Path with dots → sentence; the first finding of a field counts. Rules the contract names are said in its words. */
export function fieldErrors(error: z.ZodError, locale: Locale): Record<string, string> {
  const say = zodLocales[locale]().localeError;
  const found: Record<string, string> = {};
  for (const issue of error.issues) {
    const key = issue.path.map(String).join('.');
    if (found[key] !== undefined) continue;
    const named = ruleTexts[issue.message]?.[locale];
    // What zod calls its own finding depends on the locale that was set when it was made; it is said again here.
    const said = say({ ...issue, input: undefined });
    found[key] = named ?? (typeof said === 'string' ? said : (said?.message ?? issue.message));
  }
  return found;
}
