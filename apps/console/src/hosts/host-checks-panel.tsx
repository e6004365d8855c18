'use client';
import type { Host } from '@basalt/contract';
import { Panel, Timeline, type StateTone } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { pickText } from '@/i18n/pick-text.ts';

const tones: Record<Host['checks'][number]['verdict'], StateTone> = { passed: 'ok', warning: 'warn', failed: 'err' };

/** What was looked at before the host was taken in: found against wanted. */
export function HostChecksPanel({ checks }: { checks: Host['checks'] }) {
  const t = useTranslations('hosts.checks');
  const locale = useLocale();
  return (
    <Panel title={t('title')} hint={t('hint')}>
      {checks.length === 0 ? (
        <span className="bs-tertiary">{t('none')}</span>
      ) : (
        <Timeline
          label={t('title')}
          items={checks.map((check) => ({
            key: check.key,
            tone: tones[check.verdict],
            title: t(`key.${check.key}`),
            detail: t('found', { found: pickText(check.found, locale), wanted: pickText(check.wanted, locale) }),
            time: t(`verdict.${check.verdict}`),
          }))}
        />
      )}
    </Panel>
  );
}
