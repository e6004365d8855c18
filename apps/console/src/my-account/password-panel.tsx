'use client';
import {
  ActionButton,
  Field,
  fieldHintId,
  formatExact,
  formatRelative,
  Note,
  Panel,
  useNow,
  useToast,
} from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import {
  emptyPassword,
  NewPasswordFields,
  useNewPasswordCheck,
  type NewPasswordErrors,
} from '@/auth/new-password-fields.tsx';
import styles from './my-account.module.css';
import { useConsole } from '@/session/session.tsx';
import type { MyAccount } from './use-my-account.ts';

type Errors = NewPasswordErrors & { current?: string };

/** The own password: since when, until when, and another one. */
export function PasswordPanel({ account, reread }: { account: MyAccount; reread: () => void }) {
  const t = useTranslations('myAccount.password');
  const a = useTranslations('auth');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const toast = useToast();
  const now = useNow();
  const { session } = useConsole();
  const [current, setCurrent] = useState('');
  const [values, setValues] = useState(emptyPassword);
  const [errors, setErrors] = useState<Errors>({});
  const check = useNewPasswordCheck();
  const show = (found: Errors) => {
    setErrors(found);
    const first = (['current', 'next', 'again'] as const).find((key) => found[key] !== undefined);
    if (first !== undefined) document.getElementById(`password-${first}`)?.focus();
    return first === undefined;
  };
  const change = useMutation(
    trpc.session.changePassword.mutationOptions({
      onSuccess: () => {
        setCurrent('');
        setValues(emptyPassword);
        toast({ tone: 'ok', title: t('done') });
        reread();
      },
      onError: (error) => {
        const shape = shapeOf(error);
        const { text } = readable(error, locale, c('noAnswer'));
        if (shape?.field === 'current' || shape?.code === 'wrongCredentials') show({ current: text });
        else if (shape?.field === 'password') show({ next: text });
      },
    }),
  );
  const submit = () => {
    const found = { ...(current === '' ? { current: a('passwordMissing') } : {}), ...check(values, current) };
    if (show(found)) change.mutate({ current, password: values.next });
  };
  const relative = (at: string) => formatRelative(new Date(at), new Date(now), locale);
  const expires = account.passwordExpiresAt;
  const soon = expires !== null && new Date(expires).getTime() - now < 14 * 86_400_000;
  return (
    <Panel
      title={t('title')}
      extra={
        <span className={soon ? 'bs-caption bs-warn' : 'bs-caption bs-tertiary'}>
          {t('changed', { time: relative(account.passwordChangedAt) })}
          {expires !== null && ` · ${t('expires', { date: formatExact(new Date(expires)).slice(0, 10) })}`}
        </span>
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!change.isPending && session.seeAs === null) submit();
        }}
      >
        {change.isError && Object.keys(errors).length === 0 && (
          <Note tone="err">{readable(change.error, locale, c('noAnswer')).text}</Note>
        )}
        <input type="text" name="username" autoComplete="username" value={account.email} readOnly hidden />
        <div className={styles.passwords}>
          <Field id="password-current" label={a('change.current')} error={errors.current}>
            <Input.Password
              id="password-current"
              autoComplete="current-password"
              aria-describedby={fieldHintId('password-current')}
              value={current}
              status={errors.current === undefined ? '' : 'error'}
              onChange={(event) => setCurrent(event.target.value)}
            />
          </Field>
          <NewPasswordFields size="middle" values={values} errors={errors} onChange={setValues} />
        </div>
        <div className={styles.state}>
          <span className="bs-caption bs-tertiary">{t('others')}</span>
          <ActionButton
            htmlType="submit"
            busy={change.isPending}
            reason={session.seeAs === null ? undefined : c('seeAsReadOnly', { name: session.seeAs.name })}
          >
            {t('submit')}
          </ActionButton>
        </div>
      </form>
    </Panel>
  );
}
