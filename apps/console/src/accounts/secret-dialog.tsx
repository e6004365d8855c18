'use client';
import { ActionButton, iconProps, Note, useCopy } from '@basalt/ui';
import { Modal } from 'antd';
import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import styles from './accounts.module.css';

export interface ShownSecret {
  email: string;
  password: string;
}

/** A password that is shown this once; the dialog closes only by its button. */
export function SecretDialog({ secret, onClose }: { secret: ShownSecret | null; onClose: () => void }) {
  const t = useTranslations('accounts');
  const c = useTranslations('common');
  const [copied, copy] = useCopy(secret?.password ?? '');
  return (
    <Modal
      open={secret !== null}
      title={t('secret.title', { email: secret?.email ?? '' })}
      width={480}
      closable={false}
      keyboard={false}
      destroyOnHidden
      mask={{ closable: false }}
      footer={
        <div className={styles.secretFoot}>
          <ActionButton kind="primary" onClick={onClose}>
            {t('secret.done')}
          </ActionButton>
        </div>
      }
    >
      <Note tone="warn">{t('secret.once')}</Note>
      <div className={styles.secret}>
        <code aria-label={t('secret.password')}>{secret?.password}</code>
        <ActionButton icon={copied ? <Check {...iconProps(14)} /> : <Copy {...iconProps(14)} />} onClick={copy}>
          {copied ? c('copied') : c('copy')}
        </ActionButton>
      </div>
      <p className="bs-tertiary">{t('secret.next')}</p>
    </Modal>
  );
}
