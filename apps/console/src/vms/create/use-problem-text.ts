'use client';
import { ruleTexts } from '@basalt/contract';
import { useLocale, useTranslations } from 'next-intl';
import type { FieldProblem } from './create-form.ts';

/** Kinds of fields as the keys of messages: those cannot hold dots. */
const named = [
  'imageId',
  'flavorId',
  'vcpu',
  'memory',
  'systemDisk_size',
  'dataDisks_size',
  'nics_networkId',
  'nics_address',
  'nics_mac',
  'name',
  'count',
  'startIndex',
  'hostName',
  'password',
  'sshKeys',
  'dns',
  'note',
  'clusterId',
] as const;
type Named = (typeof named)[number];

/** Label of a field and the sentence for what is wrong with it. */
export function useProblemText() {
  const t = useTranslations('vm.create');
  const locale = useLocale();
  const known = (kind: string): Named | undefined => named.find((item) => item === kind.replaceAll('.', '_'));
  const label = (kind: string): string => {
    const found = known(kind);
    return found ? t(`fields.${found}`) : kind;
  };
  return {
    label,
    text: ({ kind, missing, rule }: FieldProblem): string => {
      if (missing) return t('missing', { field: label(kind) });
      const own = ruleTexts[rule]?.[locale];
      if (own !== undefined) return own;
      const found = known(kind);
      return found ? t(`rules.${found}`) : rule;
    },
  };
}
