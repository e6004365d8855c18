'use client';
import { ActionButton, Field, fieldHintId, iconProps, Note } from '@basalt/ui';
import { email as emailSchema } from '@basalt/contract';
import { useMutation } from '@tanstack/react-query';
import { Checkbox, Input } from 'antd';
import { ArrowBigUpDash, LockKeyhole, User } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { paths, safeNext } from '@/paths.ts';
import styles from './auth-form.module.css';
import { useCapsLock } from './use-caps-lock.ts';

const storageKey = 'basalt.account';
const remembered = () => localStorage.getItem(storageKey) ?? '';

/** E-mail and password. A failure keeps the e-mail, empties the password and stands where the eye is. */
export function SignInForm() {
  const t = useTranslations('auth');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const search = useSearchParams();
  const [stored] = useState(remembered);
  const [typed, setTyped] = useState<string | null>(null);
  const email = typed ?? stored;
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState<boolean | null>(null);
  const [missing, setMissing] = useState<{ email?: string; password?: string }>({});
  const caps = useCapsLock();
  const signIn = useMutation(
    trpc.session.signIn.mutationOptions({
      onSuccess: (session) => {
        if (remember ?? stored !== '') localStorage.setItem(storageKey, email);
        else localStorage.removeItem(storageKey);
        // A full load: nothing of an earlier session may stay in memory.
        window.location.assign(session.mustChangePassword ? paths.password() : safeNext(search.get('next')));
      },
      onError: () => {
        setPassword('');
        document.getElementById('password')?.focus();
      },
    }),
  );

  const submit = () => {
    const found: typeof missing = {};
    if (email.trim() === '') found.email = t('emailMissing');
    else if (!emailSchema.safeParse(email.trim()).success) found.email = t('emailInvalid');
    if (password === '') found.password = t('passwordMissing');
    setMissing(found);
    const first = found.email !== undefined ? 'email' : found.password !== undefined ? 'password' : undefined;
    if (first !== undefined) document.getElementById(first)?.focus();
    else signIn.mutate({ email: email.trim(), password, locale });
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
      {signIn.isError ? (
        <Note tone="err">{readable(signIn.error, locale, c('noAnswer')).text}</Note>
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
