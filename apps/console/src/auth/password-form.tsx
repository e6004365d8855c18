'use client';
import { ActionButton, Field, fieldHintId, Note } from '@basalt/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
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

type Errors = NewPasswordErrors & { current?: string };
const idOf = (key: keyof Errors) => `password-${key}`;

/** Changing the own password; whoever must change it is led here and nowhere else, and told why. */
export function PasswordForm() {
  const t = useTranslations('auth.change');
  const c = useTranslations('common');
  const a = useTranslations('auth');
  const locale = useLocale();
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions({}));
  const [current, setCurrent] = useState('');
  const [values, setValues] = useState(emptyPassword);
  const [errors, setErrors] = useState<Errors>({});
  const check = useNewPasswordCheck();
  const change = useMutation(
    trpc.session.changePassword.mutationOptions({
      onSuccess: () => window.location.assign(paths.home()),
      onError: (error) => {
        const shape = shapeOf(error);
        const { text } = readable(error, locale, c('noAnswer'));
        if (shape?.field === 'current' || shape?.code === 'wrongCredentials') show({ current: text });
        else if (shape?.field === 'password') show({ next: text });
      },
    }),
  );
  const signOut = useMutation(
    trpc.session.signOut.mutationOptions({ onSettled: () => window.location.assign(paths.signIn()) }),
  );
  const show = (found: Errors) => {
    setErrors(found);
    const first = (['current', 'next', 'again'] as const).find((key) => found[key] !== undefined);
    if (first !== undefined) document.getElementById(idOf(first))?.focus();
    return first === undefined;
  };
  const submit = () => {
    const found: Errors = { ...(current === '' ? { current: a('passwordMissing') } : {}), ...check(values, current) };
    if (show(found)) change.mutate({ current, password: values.next });
  };
  const must = session.data?.mustChangePassword === true;
  const reason = session.data?.passwordReason ?? 'first';
  const elsewhere = Object.keys(errors).length > 0;

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
        {session.data && <p className={styles.lead}>{must ? t(`why.${reason}`) : t('whyOwn')}</p>}
      </div>
      {change.isError && !elsewhere && <Note tone="err">{readable(change.error, locale, c('noAnswer')).text}</Note>}
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
        <Field label={t('current')} id={idOf('current')} error={errors.current}>
          <Input.Password
            id={idOf('current')}
            size="large"
            autoComplete="current-password"
            aria-describedby={fieldHintId(idOf('current'))}
            value={current}
            status={errors.current === undefined ? '' : 'error'}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
        <NewPasswordFields values={values} errors={errors} onChange={setValues} />
      </div>
      <ActionButton kind="primary" size="large" htmlType="submit" block busy={change.isPending}>
        {t('submit')}
      </ActionButton>
      {must ? (
        <ActionButton kind="link" onClick={() => signOut.mutate({})}>
          {t('signOut')}
        </ActionButton>
      ) : (
        <ActionButton kind="link" onClick={() => window.location.assign(paths.home())}>
          {t('leave')}
        </ActionButton>
      )}
    </form>
  );
}
