'use client';
import { useLocale } from 'next-intl';
import { usePermissionReason } from '@/session/session.tsx';
import { callLabel, callReason, type CallKey } from './registry.ts';

/** Name of a call and why it is not possible for lack of a permission, both in the reader's language. */
export function useCall(): { label: (key: CallKey) => string; reason: (key: CallKey) => string | undefined } {
  const locale = useLocale();
  const permissionReason = usePermissionReason();
  return {
    label: (key) => callLabel(key, locale),
    reason: (key) => callReason(key, permissionReason),
  };
}
