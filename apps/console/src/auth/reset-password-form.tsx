'use client';
import { ActionButton, Note } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import styles from './auth-form.module.css';
import {
  emptyPassword,
  NewPasswordFields,
  useNewPasswordCheck,
  type NewPasswordErrors,
} from './new-password-fields.tsx';
import { useLinkToken } from './use-link-token.ts';

/** Where the link of a forgotten password leads: a new password, and back to signing in. */
export function ResetPasswordForm() {
  const t = useTranslations('auth.reset');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const token = useLinkToken();
  const [values, setValues] = useState(emptyPassword);
  const [errors, setErrors] = useState<NewPasswordErrors>({});
  const check = useNewPasswordCheck();
  const reset = useMutation(
    trpc.session.resetPassword.mutationOptions({
      onError: (error) => {
        if (shapeOf(error)?.field === 'password') setErrors({ next: readable(error, locale, c('noAnswer')).text });
      },
    }),
  );
  const submit = () => {
    const found = check(values);
    setErrors(found);
    const first = (['next', 'again'] as const).find((key) => found[key] !== undefined);
    if (first !== undefined) document.getElementById(`password-${first}`)?.focus();
    else if (token !== null) reset.mutate({ token, password: values.next });
  };
  const spent = shapeOf(reset.error)?.code === 'linkInvalid';

  if (reset.isSuccess || token === null || spent)
    return (
      <div className={styles.form}>
        <h1 className={styles.title}>{reset.isSuccess ? t('doneTitle') : t('title')}</h1>
        {reset.isSuccess ? <Note tone="ok">{t('done')}</Note> : <Note tone="err">{t('invalid')}</Note>}
        <div className={styles.links}>
          <Link href={paths.signIn()}>{t('signIn')}</Link>
          {!reset.isSuccess && <Link href={paths.forgotPassword()}>{t('askAgain')}</Link>}
        </div>
      </div>
    );
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!reset.isPending) submit();
      }}
    >
      <div>
        <h1 className={styles.title}>{t('title')}</h1>
        <p className={styles.lead}>{t('lead')}</p>
      </div>
      {reset.isError && Object.keys(errors).length === 0 && (
        <Note tone="err">{readable(reset.error, locale, c('noAnswer')).text}</Note>
      )}
      <div>
        <NewPasswordFields values={values} errors={errors} onChange={setValues} />
      </div>
      <ActionButton kind="primary" size="large" htmlType="submit" block busy={reset.isPending}>
        {t('submit')}
      </ActionButton>
    </form>
  );
}
