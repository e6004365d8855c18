'use client';
import type { VmSummary } from '@basalt/contract';
import type { PreflightFact } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { useConsole } from '@/session/session.tsx';

type Owned = Pick<VmSummary, 'owner'>;

/** Whether somebody else owns it: an act on it is asked about first. */
export function useIsForeign(): (vm: Owned) => boolean {
  const { session } = useConsole();
  return ({ owner }) => owner.id !== session.account.id;
}

/** Whose the machines are that are not one's own: a fact for every dialog about them; none when all are one's own. */
export function useForeignFact(): (vms: readonly Owned[]) => PreflightFact[] {
  const t = useTranslations('vm.confirm');
  const locale = useLocale();
  const isForeign = useIsForeign();
  return (vms) => {
    const foreign = vms.filter(isForeign);
    const [first] = foreign;
    if (!first) return [];
    const names = [...new Set(foreign.map(({ owner }) => owner.name))].slice(0, 3);
    return [
      {
        key: 'owner',
        tone: 'warn',
        text:
          vms.length === 1 ? t('foreign', { owner: first.owner.name }) : t('foreignMany', { count: foreign.length }),
        ...(vms.length === 1 ? {} : { detail: names.join(locale === 'zh-CN' ? '、' : ', ') }),
      },
    ];
  };
}
