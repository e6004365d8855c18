'use client';
import type { LogVerdict } from '@basalt/contract';
import { ActionButton, Copyable, FactGrid, formatExact, formatNumber, iconProps, Panel, StateLabel } from '@basalt/ui';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { QueryError } from '@/shell/query-error.tsx';
import styles from './operation-log.module.css';

interface VerdictPanelProps {
  verdict: LogVerdict | undefined;
  error: unknown;
  busy: boolean;
  onClose: () => void;
}

/** What walking the chain found. */
export function VerdictPanel({ verdict, error, busy, onClose }: VerdictPanelProps) {
  const t = useTranslations('operationLog');
  const c = useTranslations('common');
  return (
    <Panel
      title={t('verdict')}
      extra={
        <ActionButton kind="text" size="small" icon={<X {...iconProps(14)} />} label={c('close')} onClick={onClose} />
      }
    >
      <div className={styles.verdict} role="status" aria-live="polite">
        {busy && <StateLabel tone="busy">{t('verifying')}</StateLabel>}
        {!busy && error !== null && error !== undefined && <QueryError title={t('verifyFailed')} error={error} />}
        {!busy && verdict && (
          <>
            <StateLabel
              tone={verdict.ok ? 'ok' : 'err'}
              {...(verdict.firstBad === null
                ? {}
                : {
                    detail: t('firstBad', {
                      sequence: formatNumber(verdict.firstBad.sequence),
                      why: verdict.firstBad.why,
                    }),
                  })}
            >
              {verdict.ok ? t('intact') : t('broken')}
            </StateLabel>
            <FactGrid
              columns={2}
              facts={[
                { key: 'entries', label: t('entries'), value: formatNumber(verdict.entries) },
                { key: 'heads', label: t('heads'), value: t('headsCount', { count: verdict.heads }) },
                {
                  key: 'head',
                  label: t('head'),
                  value: verdict.head ? (
                    <>
                      {formatNumber(verdict.head.sequence)}{' '}
                      <Copyable
                        text={verdict.head.hash}
                        label={c('copyValue', { value: verdict.head.hash })}
                        copiedLabel={c('copied')}
                      >
                        {`${verdict.head.hash.slice(0, 16)}…`}
                      </Copyable>
                    </>
                  ) : undefined,
                },
                { key: 'checkedAt', label: t('checkedAt'), value: formatExact(new Date(verdict.checkedAt)) },
              ]}
            />
          </>
        )}
      </div>
    </Panel>
  );
}
