/** One translator from whatever a call failed with to what a person reads. */
import { errorShape, errorText, type ErrorShape } from '@basalt/contract';
import { TRPCClientError } from '@trpc/client';
import type { Locale } from '@/i18n/locales.ts';

/** The contract's error of a failed call; null when there was no answer at all. */
export function shapeOf(error: unknown): ErrorShape | null {
  if (!(error instanceof TRPCClientError)) return null;
  const data = (error.data ?? (error.shape as { data?: unknown } | undefined)?.data) as
    | { basalt?: unknown }
    | undefined;
  const parsed = errorShape.safeParse(data?.basalt);
  return parsed.success ? parsed.data : null;
}

export interface ReadableError {
  text: string;
  requestId: string | null;
  retryable: boolean;
  /** The input field it belongs to, with dots. */
  field: string | null;
}

/** The user's sentence in his language; `noAnswer` stands for a network that gave none. */
export function readable(error: unknown, locale: Locale, noAnswer: string): ReadableError {
  const shape = shapeOf(error);
  if (!shape) return { text: noAnswer, requestId: null, retryable: true, field: null };
  return {
    text: errorText(shape.code, shape.params, locale),
    requestId: shape.requestId,
    retryable: shape.retryable,
    field: shape.field,
  };
}

/** True when the session is gone and only signing in again helps. */
export function isSignedOut(error: unknown): boolean {
  const code = shapeOf(error)?.code;
  return code === 'notSignedIn' || code === 'sessionEnded';
}

/** Why the session was ended, in both languages; null when it just is no more. */
export function endedReason(error: unknown): string | null {
  const shape = shapeOf(error);
  const reason = shape?.params['reason'];
  return shape?.code === 'sessionEnded' && typeof reason === 'string' ? reason : null;
}
