'use client';
import { ActionButton, Field, fieldHintId, iconProps, Note, StateMark } from '@basalt/ui';
import { email as emailSchema, type SignInAnswer } from '@basalt/contract';
import { useQuery } from '@tanstack/react-query';
import { Checkbox, Input } from 'antd';
import { ArrowBigUpDash, LockKeyhole, User } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { pickText } from '@/i18n/pick-text.ts';
import { paths } from '@/paths.ts';
import styles from './auth-form.module.css';
import { endedReasonForget, endedReasonRead } from './ended-reason.ts';
import { useCapsLock } from './use-caps-lock.ts';
import { useSignIn } from './use-sign-in.ts';

const storageKey = 'basalt.account';
const remembered = () => localStorage.getItem(storageKey) ?? '';

interface SignInFormProps {
  /** Why an earlier second step came to nothing. */
  why: string | undefined;
  onAnswer: (answer: SignInAnswer) => void;
}

/** E-mail and password. A failure keeps the e-mail, empties the password and stands where the eye is. */
export function SignInForm({ why, onAnswer }: SignInFormProps) {
  const t = useTranslations('auth');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const search = useSearchParams();
  const [stored] = useState(remembered);
  const [ended] = useState(endedReasonRead);
  const [typed, setTyped] = useState<string | null>(null);
  const email = typed ?? stored;
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState<boolean | null>(null);
  const [missing, setMissing] = useState<{ email?: string; password?: string }>({});
  const caps = useCapsLock();
  const info = useQuery(trpc.platform.info.queryOptions({}));
  useEffect(endedReasonForget, []);
  const { signIn, checking } = useSignIn({
    onSuccess: (answer, sent) => {
      if (remember ?? stored !== '') localStorage.setItem(storageKey, sent.email);
      else localStorage.removeItem(storageKey);
      onAnswer(answer);
    },
    onError: () => {
      setPassword('');
      document.getElementById('password')?.focus();
    },
  });

  const submit = () => {
    const found: typeof missing = {};
    if (email.trim() === '') found.email = t('emailMissing');
    else if (!emailSchema.safeParse(email.trim()).success) found.email = t('emailInvalid');
    if (password === '') found.password = t('passwordMissing');
    setMissing(found);
    const first = found.email !== undefined ? 'email' : found.password !== undefined ? 'password' : undefined;
    if (first !== undefined) document.getElementById(first)?.focus();
    else signIn.mutate({ email: email.trim(), password });
  };

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!signIn.isPending) submit();
      }}
    >
      <h1 className={styles.title}>{t('title')}</h1>
      {checking ? (
        <div className={styles.checking} role="status">
          <StateMark tone="busy" />
          <span>{t('checking')}</span>
        </div>
      ) : signIn.isError ? (
        <Note tone="err">{readable(signIn.error, locale, c('noAnswer')).text}</Note>
      ) : why !== undefined ? (
        <Note tone="warn">{why}</Note>
      ) : ended !== null ? (
        <Note tone="warn" title={t('endedTitle')}>
          {pickText(ended, locale)}
        </Note>
      ) : (
        search.has('next') && <Note tone="off">{t('ended')}</Note>
      )}
      <div>
        <Field label={t('email')} id="email" error={missing.email}>
          <Input
            id="email"
            name="email"
            type="email"
            size="large"
            autoComplete="username"
            autoFocus
            spellCheck={false}
            prefix={<User {...iconProps()} />}
            aria-describedby={fieldHintId('email')}
            value={email}
            {...(missing.email === undefined ? {} : { status: 'error' as const })}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <Field
          label={t('password')}
          id="password"
          error={missing.password}
          extra={
            info.data?.passwordReset === true ? (
              <Link href={paths.forgotPassword()}>{t('forgot.link')}</Link>
            ) : undefined
          }
          hint={
            caps ? (
              <span className={styles.caps}>
                <ArrowBigUpDash {...iconProps(12)} /> {t('capsLock')}
              </span>
            ) : undefined
          }
        >
          <Input.Password
            id="password"
            name="password"
            size="large"
            autoComplete="current-password"
            prefix={<LockKeyhole {...iconProps()} />}
            aria-describedby={fieldHintId('password')}
            value={password}
            {...(missing.password === undefined ? {} : { status: 'error' as const })}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <Checkbox checked={remember ?? stored !== ''} onChange={(event) => setRemember(event.target.checked)}>
          {t('rememberAccount')}
        </Checkbox>
      </div>
      <ActionButton kind="primary" size="large" htmlType="submit" block busy={signIn.isPending}>
        {t('submit')}
      </ActionButton>
      <p className={styles.rules}>{t('rules')}</p>
    </form>
  );
}
