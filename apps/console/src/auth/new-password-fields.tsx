'use client';
import { Field, fieldHintId } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useTranslations } from 'next-intl';
import { Fragment } from 'react';
import { useTRPC } from '@/api/client.ts';
import { PasswordChecklist } from './password-checklist.tsx';
import { passwordMeets, type PasswordRules } from './password-rules.ts';

export interface NewPassword {
  next: string;
  again: string;
}
export type NewPasswordErrors = Partial<Record<keyof NewPassword, string>>;
export const emptyPassword: NewPassword = { next: '', again: '' };

/** The platform's rules; undefined until they are known, and then the platform alone judges. */
export function usePasswordRules(): PasswordRules | undefined {
  const trpc = useTRPC();
  return useQuery(trpc.platform.info.queryOptions({})).data?.passwordPolicy;
}

/** What is wrong with a new password before it is sent. */
export function useNewPasswordCheck(): (values: NewPassword, current?: string) => NewPasswordErrors {
  const t = useTranslations('auth.change');
  const a = useTranslations('auth');
  const rules = usePasswordRules();
  return ({ next, again }, current) => {
    const found: NewPasswordErrors = {};
    if (next === '') found.next = a('passwordMissing');
    else if (next === current) found.next = t('same');
    else if (rules && !passwordMeets(next, rules)) found.next = t('unmet');
    if (again === '') found.again = a('passwordMissing');
    else if (again !== next) found.again = t('differs');
    return found;
  };
}

/** The new password, twice, with the rules it must meet. */
export function NewPasswordFields({
  values,
  errors,
  onChange,
  size = 'large',
}: {
  values: NewPassword;
  errors: NewPasswordErrors;
  onChange: (values: NewPassword) => void;
  size?: 'large' | 'middle';
}) {
  const t = useTranslations('auth.change');
  const rules = usePasswordRules();
  return (
    <>
      {(['next', 'again'] as const).map((key) => {
        const id = `password-${key}`;
        return (
          <Fragment key={key}>
            <Field id={id} label={t(key)} error={errors[key]}>
              <Input.Password
                id={id}
                size={size}
                autoComplete="new-password"
                aria-describedby={key === 'next' ? `${fieldHintId(id)} password-rules` : fieldHintId(id)}
                value={values[key]}
                status={errors[key] === undefined ? '' : 'error'}
                onChange={(event) => onChange({ ...values, [key]: event.target.value })}
              />
            </Field>
            {key === 'next' && rules && <PasswordChecklist id="password-rules" password={values.next} rules={rules} />}
          </Fragment>
        );
      })}
    </>
  );
}
