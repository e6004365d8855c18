'use client';
import type { WebhookOutcome } from '@basalt/contract';
import { CodeBlock, FactGrid, formatNumber, StateLabel } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import { VerdictList } from '@/forms/verdict-list.tsx';
import { verdictSteps } from '@/forms/verdict-steps.ts';
import { stages, stagesWithout, urlParts } from './webhook-facts.ts';

interface OutcomeProps {
  outcome: WebhookOutcome;
  /** Where it was sent. */
  url: string;
}

/** How far a message came, why not further, and what the receiver said, as text. */
export function Outcome({ outcome, url }: OutcomeProps) {
  const t = useTranslations('webhooks');
  const c = useTranslations('common');
  return (
    <>
      <StateLabel tone={outcome.ok ? 'ok' : 'err'}>
        {outcome.ok
          ? t('arrived', { host: urlParts(url).host })
          : t('stopped', { stage: t(`stages.${outcome.stage}`) })}
      </StateLabel>
      <p>{outcome.text}</p>
      <VerdictList
        label={t('howFar')}
        steps={verdictSteps(stages, outcome, stagesWithout(url))}
        words={{
          stage: (stage) => t(`stages.${stage}`),
          tone: (tone) => t(`tones.${tone}`),
          skipped: t('notEncrypted'),
        }}
      />
      <FactGrid
        columns={2}
        facts={[
          { key: 'status', label: t('columns.status'), value: outcome.status ?? undefined },
          {
            key: 'milliseconds',
            label: t('columns.milliseconds'),
            value: t('milliseconds', { count: formatNumber(outcome.milliseconds) }),
          },
        ]}
      />
      {outcome.answer !== null && outcome.answer !== '' && (
        <div>
          <span className="bs-caption bs-tertiary">{t('answer')}</span>
          <CodeBlock text={outcome.answer} label={t('answer')} copyLabel={c('copy')} copiedLabel={c('copied')} />
        </div>
      )}
    </>
  );
}
