'use client';
import { ActionButton, Field, fieldHintId, Note } from '@basalt/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import styles from './auth-form.module.css';

type Key = 'current' | 'next' | 'again';
const autoComplete = { current: 'current-password', next: 'new-password', again: 'new-password' } as const;

/** Changing the own password; the first sign-in leads here and nowhere else. */
export function PasswordForm() {
  const t = useTranslations('auth.change');
  const c = useTranslations('common');
  const a = useTranslations('auth');
  const locale = useLocale();
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions({}));
  const [values, setValues] = useState<Record<Key, string>>({ current: '', next: '', again: '' });
  const [errors, setErrors] = useState<Partial<Record<Key, string>>>({});
  const change = useMutation(
    trpc.session.changePassword.mutationOptions({ onSuccess: () => window.location.assign(paths.home()) }),
  );
  const signOut = useMutation(
    trpc.session.signOut.mutationOptions({ onSettled: () => window.location.assign(paths.signIn()) }),
  );

  const submit = () => {
    const found: Partial<Record<Key, string>> = {};
    for (const key of ['current', 'next', 'again'] as const) if (values[key] === '') found[key] = a('passwordMissing');
    if (found.next === undefined && values.next === values.current) found.next = t('same');
    if (found.again === undefined && values.next !== values.again) found.again = t('differs');
    setErrors(found);
    const first = Object.keys(found)[0];
    if (first !== undefined) document.getElementById(`password-${first}`)?.focus();
    else change.mutate({ current: values.current, password: values.next });
  };

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending) submit();
      }}
    >
      <div>
        <h1 className={styles.title}>{t('title')}</h1>
        <p className={styles.rules}>{session.data?.mustChangePassword === false ? t('whyOwn') : t('why')}</p>
      </div>
      {change.isError && <Note tone="err">{readable(change.error, locale, c('noAnswer')).text}</Note>}
      <div>
        {/* Password managers need to know whose password this is. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={session.data?.account.email ?? ''}
          readOnly
          hidden
        />
        {(['current', 'next', 'again'] as const).map((key) => {
          const id = `password-${key}`;
          return (
            <Field key={key} label={t(key)} id={id} error={errors[key]} hint={key === 'next' ? t('hint') : undefined}>
              <Input.Password
                id={id}
                size="large"
                autoComplete={autoComplete[key]}
                aria-describedby={fieldHintId(id)}
                value={values[key]}
                {...(errors[key] === undefined ? {} : { status: 'error' as const })}
                onChange={(event) => setValues({ ...values, [key]: event.target.value })}
              />
            </Field>
          );
        })}
      </div>
      <ActionButton kind="primary" size="large" htmlType="submit" block busy={change.isPending}>
        {t('submit')}
      </ActionButton>
      <ActionButton kind="link" onClick={() => signOut.mutate({})}>
        {t('signOut')}
      </ActionButton>
    </form>
  );
}
