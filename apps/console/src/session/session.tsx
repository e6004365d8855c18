'use client';
import type { CurrentSession, Permission, Region } from '@basalt/contract';
import { permissionLabel } from '@basalt/contract';
import { useLocale, useTranslations } from 'next-intl';
import { createContext, use } from 'react';

export interface ConsoleContext {
  session: CurrentSession;
  /** The region that is shown. */
  region: Region;
  regions: readonly Region[];
}

const Context = createContext<ConsoleContext | null>(null);
export const ConsoleContextProvider = Context;

/** Session, region and regions; pages below the shell always have them. */
export function useConsole(): ConsoleContext {
  const value = use(Context);
  if (!value) throw new Error('useConsole outside of the shell');
  return value;
}

/** The key of the region that is shown, as procedures want it. */
export const useRegion = (): string => useConsole().region.key;

export const can = (session: CurrentSession, permission: Permission): boolean =>
  session.permissions.includes(permission);

/** Answers why a permission is missing, in the reader's language, or undefined when it is there. */
export function usePermissionReason(): (permission: Permission) => string | undefined {
  const { session } = useConsole();
  const locale = useLocale();
  const t = useTranslations('common');
  return (permission) =>
    can(session, permission)
      ? undefined
      : t('missingPermission', { permission, label: permissionLabel(permission)[locale] });
}
