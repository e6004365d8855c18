'use client';
import type { CurrentSession, Permission, Region } from '@basalt/contract';
import { permissionLabel } from '@basalt/contract';
import { useLocale, useTranslations } from 'next-intl';
import { createContext, use } from 'react';
import { permissionRefusal, type ActionTarget } from './permissions.ts';

export { can } from './permissions.ts';

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

export type PermissionReason = (permission: Permission, target?: ActionTarget) => string | undefined;

/** Answers why a permission does not allow it, in the reader's language, or undefined when it does. */
export function usePermissionReason(): PermissionReason {
  const { session } = useConsole();
  const locale = useLocale();
  const t = useTranslations('common');
  return (permission, target) => {
    switch (permissionRefusal(session, permission, target)) {
      case 'missing':
        return t('missingPermission', { permission, label: permissionLabel(permission)[locale] });
      case 'notOwner':
        return t('notOwner', { owner: target?.owner?.name ?? '' });
      case 'seeAs':
        return t('seeAsReadOnly', { name: session.seeAs?.name ?? '' });
      case null:
        return undefined;
    }
  };
}
