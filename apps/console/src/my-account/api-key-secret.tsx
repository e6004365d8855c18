'use client';
import { ActionButton, CodeBlock, Note, Panel } from '@basalt/ui';
import { Checkbox } from 'antd';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { keyCurlText } from './key-examples.ts';
import styles from './my-account.module.css';
import { useLeaveWarning } from './recovery-codes.tsx';

export interface NewKey {
  name: string;
  publicKey: string;
  privateKey: string;
}

/** A key's private half, shown once, with a first request to try it by. */
export function ApiKeySecret({ made, onKept }: { made: NewKey; onKept: () => void }) {
  const t = useTranslations('myAccount.keys');
  const c = useTranslations('common');
  const [kept, setKept] = useState(false);
  useLeaveWarning(true);
  const block = (label: string, text: string) => (
    <div>
      <span className="bs-caption bs-tertiary">{label}</span>
      <CodeBlock text={text} label={label} copyLabel={c('copy')} copiedLabel={c('copied')} />
    </div>
  );
  return (
    <Panel title={t('madeTitle', { name: made.name })}>
      <div className={styles.stackGap}>
        <Note tone="warn" title={t('onceTitle')}>
          {t('once')}
        </Note>
        {block(t('publicKey'), made.publicKey)}
        {block(t('privateKey'), made.privateKey)}
        {block(t('example'), keyCurlText(window.location.origin, made.publicKey))}
        <Checkbox checked={kept} onChange={(event) => setKept(event.target.checked)}>
          {t('kept')}
        </Checkbox>
        <div>
          <ActionButton kind="primary" reason={kept ? undefined : t('keptFirst')} onClick={onKept}>
            {t('done')}
          </ActionButton>
        </div>
      </div>
    </Panel>
  );
}
