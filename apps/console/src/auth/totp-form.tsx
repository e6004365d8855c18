'use client';
import type { CurrentSession } from '@basalt/contract';
import { ActionButton, Field, fieldHintId, Note } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import styles from './auth-form.module.css';
import { cleanCode, isAppCode } from './totp-code.ts';

interface TotpFormProps {
  ticket: string;
  onDone: (session: CurrentSession) => void;
  /** Back to e-mail and password, with the reason when it was not wished. */
  onBack: (reason?: string) => void;
}

/** The second step: six digits of the app, sent as soon as they are there, or a recovery code. */
export function TotpForm({ ticket, onDone, onBack }: TotpFormProps) {
  const t = useTranslations('auth.totp');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const [way, setWay] = useState<'app' | 'recovery'>('app');
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState<string | undefined>(undefined);
  const verify = useMutation(
    trpc.session.verifyTotp.mutationOptions({
      onSuccess: onDone,
      onError: (error) => {
        const found = shapeOf(error)?.code;
        // Anything but a wrong code is about the ticket or the account: the first step says more.
        if (found === 'notSignedIn' || found === 'linkInvalid' || found === 'notFound') onBack(t('expired'));
        else if (found === 'accountLocked') onBack(readable(error, locale, c('noAnswer')).text);
        else {
          setCode('');
          document.getElementById('code')?.focus();
        }
      },
    }),
  );
  const send = (value: string) => {
    if (verify.isPending) return;
    if (way === 'app' ? isAppCode(value) : value.length >= 6) verify.mutate({ ticket, code: value });
    else {
      setMissing(way === 'app' ? t('sixDigits') : t('recoveryMissing'));
      document.getElementById('code')?.focus();
    }
  };
  const type = (text: string) => {
    const value = cleanCode(text, way);
    setCode(value);
    setMissing(undefined);
    if (way === 'app' && isAppCode(value) && value !== code) send(value);
  };

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send(code);
      }}
    >
      <div>
        <h1 className={styles.title}>{t('title')}</h1>
        <p className={styles.lead}>{way === 'app' ? t('leadApp') : t('leadRecovery')}</p>
      </div>
      {verify.isError && missing === undefined && (
        <Note tone="err">{readable(verify.error, locale, c('noAnswer')).text}</Note>
      )}
      <Field id="code" label={way === 'app' ? t('code') : t('recovery')} error={missing}>
        <Input
          key={way}
          id="code"
          size="large"
          className={way === 'app' ? (styles.codeInput ?? '') : (styles.recoveryInput ?? '')}
          autoFocus
          autoComplete="one-time-code"
          spellCheck={false}
          {...(way === 'app' ? { inputMode: 'numeric' as const } : {})}
          aria-describedby={fieldHintId('code')}
          status={missing === undefined ? '' : 'error'}
          value={code}
          onChange={(event) => type(event.target.value)}
        />
      </Field>
      <ActionButton kind="primary" size="large" htmlType="submit" block busy={verify.isPending}>
        {t('submit')}
      </ActionButton>
      <div className={styles.links}>
        <ActionButton
          kind="link"
          onClick={() => {
            setWay(way === 'app' ? 'recovery' : 'app');
            setCode('');
            setMissing(undefined);
            verify.reset();
          }}
        >
          {way === 'app' ? t('useRecovery') : t('useApp')}
        </ActionButton>
        <ActionButton kind="link" onClick={() => onBack()}>
          {t('back')}
        </ActionButton>
      </div>
    </form>
  );
}
