'use client';
import { ActionButton, iconProps, Note, useCopy } from '@basalt/ui';
import { Checkbox } from 'antd';
import { Check, Copy, Download, Printer } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { useConsole } from '@/session/session.tsx';
import styles from './my-account.module.css';

/** Gives a text to the browser as a file. */
export function textDownload(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Warns before the page is left; for what is shown only once. */
export function useLeaveWarning(active: boolean): void {
  useEffect(() => {
    if (!active) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [active]);
}

/** Shown once: they end only when one says that they are kept. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const t = useTranslations('myAccount.totp');
  const c = useTranslations('common');
  const { session } = useConsole();
  const [kept, setKept] = useState(false);
  const text = codes.join('\n');
  const [copied, copy] = useCopy(text);
  useLeaveWarning(true);
  return (
    <div>
      <Note tone="ok" title={t('on')}>
        {t('codesWhy', { count: codes.length })}
      </Note>
      <div className={styles.printable}>
        <h3 className={styles.pad}>{t('codesTitle', { account: session.account.email })}</h3>
        <ol className={styles.codes} aria-label={t('codes')}>
          {codes.map((code) => (
            <li key={code} className="bs-mono">
              {code}
            </li>
          ))}
        </ol>
      </div>
      <div className={styles.buttons}>
        <ActionButton
          size="small"
          icon={copied ? <Check {...iconProps(14)} /> : <Copy {...iconProps(14)} />}
          onClick={copy}
        >
          {copied ? c('copied') : c('copy')}
        </ActionButton>
        <ActionButton
          size="small"
          icon={<Download {...iconProps(14)} />}
          onClick={() =>
            textDownload(
              'basalt-recovery-codes.txt',
              `${t('codesTitle', { account: session.account.email })}\n\n${text}\n`,
            )
          }
        >
          {t('download')}
        </ActionButton>
        <ActionButton size="small" icon={<Printer {...iconProps(14)} />} onClick={() => window.print()}>
          {t('print')}
        </ActionButton>
      </div>
      <div className={styles.buttons}>
        <Checkbox checked={kept} onChange={(event) => setKept(event.target.checked)}>
          {t('kept')}
        </Checkbox>
      </div>
      <div className={styles.buttons}>
        <ActionButton kind="primary" reason={kept ? undefined : t('keptFirst')} onClick={onKept}>
          {t('finish')}
        </ActionButton>
      </div>
    </div>
  );
}
