'use client';
/** Words and numbers of a placement verdict, the same on the creation form and on the VM's page. */
import type { PlacementRule } from '@basalt/contract';
import { formatBytes, formatNumber } from '@basalt/ui';
import { useTranslations } from 'next-intl';

/** A rule's name and what stands on either side of "needed / available". */
export function usePlacementWords() {
  const t = useTranslations('vm.placement');
  const amount = (rule: PlacementRule, value: string | number): string =>
    typeof value === 'string'
      ? value
      : rule === 'memory' || rule === 'storage'
        ? formatBytes(value)
        : formatNumber(value);
  return {
    rule: (rule: PlacementRule): string => t(`rules.${rule}`),
    amount,
    ruledOut: (rule: PlacementRule, needed: string | number, available: string | number): string =>
      t('ruledOut', { rule: t(`rules.${rule}`), needed: amount(rule, needed), available: amount(rule, available) }),
    score: (score: number): string => score.toFixed(2),
  };
}
