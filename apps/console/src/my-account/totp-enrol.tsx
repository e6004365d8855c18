'use client';
import { ActionButton, Copyable, Field, fieldHintId } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { cleanCode, isAppCode } from '@/auth/totp-code.ts';
import { requestTokenMake } from '@/vms/request-token.ts';
import styles from './my-account.module.css';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

export interface Enrolment {
  /** Base32, shown once. */
  secret: string;
  /** otpauth:// */
  uri: string;
}

/** Scan, prove with a code, keep the recovery codes. */
export function TotpEnrol({
  enrolment,
  onEnd,
  reread,
}: {
  enrolment: Enrolment;
  onEnd: () => void;
  reread: () => void;
}) {
  const t = useTranslations('myAccount.totp');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  const enable = useMutation(
    trpc.myAccount.enableTotp.mutationOptions({
      onSuccess: reread,
      onError: () => {
        setCode('');
        document.getElementById('totp-code')?.focus();
      },
    }),
  );
  if (enable.isSuccess) return <RecoveryCodes codes={enable.data.recoveryCodes} onKept={onEnd} />;
  const send = (value: string) => {
    setMissing(!isAppCode(value));
    if (isAppCode(value) && !enable.isPending) enable.mutate({ code: value, requestToken: requestTokenMake() });
  };
  const spaced = enrolment.secret.replaceAll(/(.{4})(?=.)/gu, '$1 ');
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send(code);
      }}
    >
      <div className={styles.enrol}>
        <QrCode className={styles.qr} text={enrolment.uri} label={t('qr')} />
        <div className={styles.words}>
          <b>{t('scan')}</b>
          <p className="bs-secondary">{t('scanWhy')}</p>
          <span className="bs-caption bs-tertiary">{t('byHand')}</span>
          <span className={styles.secret}>
            <Copyable text={enrolment.secret} label={t('copySecret')} copiedLabel={c('copied')}>
              {spaced}
            </Copyable>
          </span>
        </div>
      </div>
      <div className={styles.codeRow}>
        <Field
          id="totp-code"
          label={t('check')}
          error={
            enable.isError ? readable(enable.error, locale, c('noAnswer')).text : missing ? t('sixDigits') : undefined
          }
        >
          <Input
            id="totp-code"
            className={styles.code ?? ''}
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            aria-describedby={fieldHintId('totp-code')}
            status={enable.isError || missing ? 'error' : ''}
            value={code}
            onChange={(event) => {
              const value = cleanCode(event.target.value, 'app');
              setCode(value);
              setMissing(false);
              if (enable.isError && value !== '') enable.reset();
            }}
          />
        </Field>
        <ActionButton kind="primary" htmlType="submit" busy={enable.isPending}>
          {t('enable')}
        </ActionButton>
      </div>
      <ActionButton kind="text" onClick={onEnd}>
        {t('notNow')}
      </ActionButton>
    </form>
  );
}
