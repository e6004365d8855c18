'use client';
import { liveEvent, type LiveEvent } from '@basalt/contract';
import { useLocale, useTranslations } from 'next-intl';
import { useConsole } from '@/session/session.tsx';

export const eventKinds: readonly LiveEvent['kind'][] = liveEvent.shape.kind.options;

/** Regions and kinds of events in words; none chosen means all of them. */
export function useWebhookWords() {
  const t = useTranslations('webhooks');
  const locale = useLocale();
  const { regions } = useConsole();
  const join = (texts: readonly string[]) => texts.join(locale === 'zh-CN' ? '、' : ', ');
  const region = (key: string) => regions.find((item) => item.key === key)?.name ?? key;
  return {
    region,
    regions: (keys: readonly string[]) => (keys.length === 0 ? t('allRegions') : join(keys.map(region))),
    kinds: (keys: readonly LiveEvent['kind'][]) =>
      keys.length === 0 ? t('allKinds') : join(keys.map((key) => t(`kinds.${key}`))),
  };
}
