/** Where a refused change is told: at the field that the platform names, or that its reason belongs to, else at the top. */
import type { ErrorCode } from '@basalt/contract';
import { readable, shapeOf } from '@/api/errors.ts';
import type { Locale } from '@/i18n/locales.ts';

export interface Refusal {
  /** Null: it belongs to no field of this form. */
  field: string | null;
  text: string;
}

/** `byCode` names the field of a reason; `fieldOf` turns a path of the contract's input into the form's field. */
export function refusalAt(
  error: unknown,
  locale: Locale,
  noAnswer: string,
  byCode: Partial<Record<ErrorCode, string>> = {},
  fieldOf: (path: string) => string = (path) => path,
): Refusal {
  const { text } = readable(error, locale, noAnswer);
  const shape = shapeOf(error);
  if (shape === null) return { field: null, text };
  return { field: shape.field === null ? (byCode[shape.code] ?? null) : fieldOf(shape.field), text };
}
