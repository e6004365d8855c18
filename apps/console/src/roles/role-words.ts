'use client';
import { builtInRoles, type BuiltInRole } from '@basalt/contract';
import { useLocale } from 'next-intl';
import { useCallback } from 'react';

const isBuiltIn = (ref: string): ref is BuiltInRole => ref in builtInRoles;

/** The name of a role: a built-in one in the reader's language, a custom one as it was given. */
export function useRoleName(): (ref: string, name: string) => string {
  const locale = useLocale();
  return useCallback(
    (ref: string, name: string) => (isBuiltIn(ref) ? builtInRoles[ref].label[locale] : name),
    [locale],
  );
}
