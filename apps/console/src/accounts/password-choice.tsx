'use client';
import { Field, fieldHintId, Segments } from '@basalt/ui';
import { Checkbox, Input } from 'antd';
import { useTranslations } from 'next-intl';
import { usePasswordRules } from '@/auth/new-password-fields.tsx';
import { PasswordChecklist } from '@/auth/password-checklist.tsx';

export interface PasswordValues {
  how: 'generated' | 'given';
  password: string;
  mustChange: boolean;
}
export const generatedPassword: PasswordValues = { how: 'generated', password: '', mustChange: true };

interface PasswordChoiceProps {
  id: string;
  values: PasswordValues;
  error?: string | undefined;
  onChange: (values: PasswordValues) => void;
  /** Whether it is asked at all; after a reset it must always be changed. */
  asksChange?: boolean;
  label?: string;
}

/** The first password of an account: made by the platform, or given, with its rules said before one is typed. */
export function PasswordChoice({ id, values, error, onChange, asksChange = false, label }: PasswordChoiceProps) {
  const t = useTranslations('accounts.password');
  const rules = usePasswordRules();
  return (
    <>
      <Field id={`${id}-how`} label={label ?? t('label')} hint={t(`${values.how}Hint`)}>
        <Segments
          label={label ?? t('label')}
          value={values.how}
          onChange={(how) => onChange({ ...values, how })}
          options={[
            { key: 'generated', label: t('generated') },
            { key: 'given', label: t('given') },
          ]}
        />
      </Field>
      {values.how === 'given' && (
        <>
          {rules && <PasswordChecklist id={`${id}-rules`} password={values.password} rules={rules} />}
          <Field id={id} label={t('password')} required error={error}>
            <Input.Password
              id={id}
              autoComplete="new-password"
              aria-describedby={`${fieldHintId(id)} ${id}-rules`}
              status={error === undefined ? '' : 'error'}
              value={values.password}
              onChange={(event) => onChange({ ...values, password: event.target.value })}
            />
          </Field>
        </>
      )}
      {asksChange && (
        <Checkbox
          checked={values.mustChange}
          onChange={(event) => onChange({ ...values, mustChange: event.target.checked })}
        >
          {t('mustChange')}
        </Checkbox>
      )}
    </>
  );
}
