'use client';
import { email as emailSchema } from '@basalt/contract';
import { ActionButton, Field, fieldHintId, iconProps, Note } from '@basalt/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { User } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import styles from './auth-form.module.css';

/** Asks for a link by mail. The answer is the same whether the account exists or not. */
export function ForgotPasswordForm() {
  const t = useTranslations('auth.forgot');
  const a = useTranslations('auth');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const info = useQuery(trpc.platform.info.queryOptions({}));
  const [email, setEmail] = useState('');
  const [missing, setMissing] = useState<string | undefined>(undefined);
  const ask = useMutation(trpc.session.requestPasswordReset.mutationOptions());
  const submit = () => {
    const found =
      email.trim() === ''
        ? a('emailMissing')
        : emailSchema.safeParse(email.trim()).success
          ? undefined
          : a('emailInvalid');
    setMissing(found);
    if (found === undefined) ask.mutate({ email: email.trim(), locale });
    else document.getElementById('email')?.focus();
  };
  const back = <Link href={paths.signIn()}>{t('back')}</Link>;

  if (ask.isSuccess)
    return (
      <div className={styles.form}>
        <h1 className={styles.title}>{t('sentTitle')}</h1>
        <Note tone="ok">{t('sent', { email: email.trim(), minutes: ask.data.minutes })}</Note>
        <p className={styles.rules}>{t('sentHint')}</p>
        <div className={styles.links}>
          {back}
          <ActionButton kind="link" onClick={() => ask.reset()}>
            {t('again')}
          </ActionButton>
        </div>
      </div>
    );
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!ask.isPending) submit();
      }}
    >
      <div>
        <h1 className={styles.title}>{t('title')}</h1>
        <p className={styles.lead}>{t('lead')}</p>
      </div>
      {info.data?.passwordReset === false && <Note tone="warn">{t('off')}</Note>}
      {ask.isError && <Note tone="err">{readable(ask.error, locale, c('noAnswer')).text}</Note>}
      <Field label={a('email')} id="email" error={missing}>
        <Input
          id="email"
          type="email"
          size="large"
          autoComplete="username"
          autoFocus
          spellCheck={false}
          prefix={<User {...iconProps()} />}
          aria-describedby={fieldHintId('email')}
          value={email}
          status={missing === undefined ? '' : 'error'}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <ActionButton kind="primary" size="large" htmlType="submit" block busy={ask.isPending}>
        {t('submit')}
      </ActionButton>
      <div className={styles.links}>{back}</div>
    </form>
  );
}
