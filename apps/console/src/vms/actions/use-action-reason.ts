'use client';
import { useLocale, useTranslations } from 'next-intl';
import { actionReason, vmAction, type VmActionKey } from '@/actions/registry.ts';
import { usePermissionReason } from '@/session/session.tsx';
import type { VmTarget } from '../vm-facts.tsx';

const removing: readonly VmActionKey[] = ['delete', 'destroy'];

/** Why an action is not possible on a VM now, or undefined: permission, then state, then protection. */
export function useActionReason(): (action: VmActionKey, vm: VmTarget) => string | undefined {
  const t = useTranslations('vm');
  const locale = useLocale();
  const permissionReason = usePermissionReason();
  return (action, vm) =>
    actionReason(vmAction(action), vm.state, locale, permissionReason, vm) ??
    (vm.protected && removing.includes(action) ? t('protectedReason') : undefined);
}
