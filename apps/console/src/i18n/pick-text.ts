/** Findings that were made far from their reader come in both languages in one string (see `both` of the contract). */
import { errorText } from '@basalt/contract';
import type { Locale } from './locales.ts';

/** The reader's half of a bilingual text; any other text as it is. */
export const pickText = (text: string, locale: Locale): string => errorText('actionRefused', { reason: text }, locale);
