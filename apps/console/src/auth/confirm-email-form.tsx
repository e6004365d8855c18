'use client';
import { ActionButton, Note } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import styles from './auth-form.module.css';
import { useLinkToken } from './use-link-token.ts';

/** Confirms a new e-mail address. By a button: mail scanners open links too, and must not use them up. */
export function ConfirmEmailForm() {
  const t = useTranslations('auth.confirmEmail');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const token = useLinkToken();
  const confirm = useMutation(trpc.session.confirmEmail.mutationOptions());
  return (
    <div className={styles.form}>
      <div>
        <h1 className={styles.title}>{confirm.isSuccess ? t('doneTitle') : t('title')}</h1>
        {!confirm.isSuccess && token !== null && <p className={styles.lead}>{t('lead')}</p>}
      </div>
      {token === null && <Note tone="err">{t('invalid')}</Note>}
      {confirm.isError && <Note tone="err">{readable(confirm.error, locale, c('noAnswer')).text}</Note>}
      {confirm.isSuccess && <Note tone="ok">{t('done', { email: confirm.data.email })}</Note>}
      {token !== null && !confirm.isSuccess && (
        <ActionButton
          kind="primary"
          size="large"
          block
          busy={confirm.isPending}
          onClick={() => confirm.mutate({ token })}
        >
          {t('submit')}
        </ActionButton>
      )}
      <div className={styles.links}>
        <Link href={paths.home()}>{t('home')}</Link>
      </div>
    </div>
  );
}
