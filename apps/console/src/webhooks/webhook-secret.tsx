'use client';
import { ActionButton, CodeBlock, formatExact, iconProps, Note, Segments, useCopy } from '@basalt/ui';
import { Checkbox, Modal } from 'antd';
import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useLeaveWarning } from '@/my-account/recovery-codes.tsx';
import { verifyExamples } from './verify-examples.ts';
import styles from './webhooks.module.css';

export interface ShownSecret {
  name: string;
  secret: string;
  /** Until when the secret before it signs too; absent for a new webhook. */
  oldUntil?: string;
}

const examples = ['openssl', 'sdk'] as const;

/** The secret of a webhook, shown this once, with a way to verify messages by it; closes only when it is said to be kept. */
export function WebhookSecretDialog({ shown, onKept }: { shown: ShownSecret; onKept: () => void }) {
  const t = useTranslations('webhooks.secret');
  const c = useTranslations('common');
  const [copied, copy] = useCopy(shown.secret);
  const [kept, setKept] = useState(false);
  const [example, setExample] = useState<(typeof examples)[number]>('openssl');
  useLeaveWarning(true);
  return (
    <Modal
      open
      title={t('title', { name: shown.name })}
      width={760}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <div className={styles.secretFoot}>
          <Checkbox checked={kept} onChange={(event) => setKept(event.target.checked)}>
            {t('kept')}
          </Checkbox>
          <ActionButton kind="primary" reason={kept ? undefined : t('keptFirst')} onClick={onKept}>
            {t('done')}
          </ActionButton>
        </div>
      }
    >
      <div className={styles.stack}>
        <Note tone="warn" title={t('onceTitle')}>
          {t('once')}
        </Note>
        <div className={styles.secret}>
          <code aria-label={t('label')}>{shown.secret}</code>
          <ActionButton icon={copied ? <Check {...iconProps(14)} /> : <Copy {...iconProps(14)} />} onClick={copy}>
            {copied ? c('copied') : c('copy')}
          </ActionButton>
        </div>
        {shown.oldUntil !== undefined && (
          <p className="bs-secondary">{t('oldUntil', { time: formatExact(new Date(shown.oldUntil)) })}</p>
        )}
        <section className={styles.stack}>
          <div className={styles.exampleHead}>
            <h3>{t('verify')}</h3>
            <Segments
              label={t('verify')}
              value={example}
              options={examples.map((key) => ({ key, label: t(`examples.${key}`) }))}
              onChange={setExample}
            />
          </div>
          <p className="bs-tertiary">{t(`hints.${example}`)}</p>
          <CodeBlock
            text={verifyExamples[example]}
            label={t('verify')}
            copyLabel={c('copy')}
            copiedLabel={c('copied')}
          />
        </section>
      </div>
    </Modal>
  );
}
