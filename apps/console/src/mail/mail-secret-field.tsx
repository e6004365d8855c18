'use client';
import { ActionButton, Field, fieldHintId, StateLabel } from '@basalt/ui';
import { Input } from 'antd';
import { useTranslations } from 'next-intl';
import type { MailForm } from './mail-form.ts';
import styles from './mail.module.css';

interface MailSecretFieldProps {
  id: string;
  /** Whether the platform has one; it never says which. */
  stored: boolean;
  form: MailForm;
  error: string | undefined;
  disabled: boolean;
  onChange: (change: Partial<MailForm>) => void;
}

/** The sender's password: set or not set, and how to set another. */
export function MailSecretField({ id, stored, form, error, disabled, onChange }: MailSecretFieldProps) {
  const t = useTranslations('mail');
  const { secret, password } = form;
  if (secret === 'set')
    return (
      <Field
        id={id}
        label={t('fields.password')}
        error={error}
        extra={
          <ActionButton kind="link" size="small" onClick={() => onChange({ secret: 'keep', password: '' })}>
            {t('passwordKeep')}
          </ActionButton>
        }
      >
        <Input.Password
          id={id}
          autoFocus
          autoComplete="new-password"
          aria-describedby={fieldHintId(id)}
          status={error === undefined ? '' : 'error'}
          value={password}
          onChange={(event) => onChange({ password: event.target.value })}
        />
      </Field>
    );
  const isSet = stored && secret === 'keep';
  return (
    <Field
      id={`${id}-set`}
      label={t('fields.password')}
      hint={secret === 'none' ? t('passwordGoes') : t('hints.password')}
    >
      <div className={styles.secret}>
        <StateLabel tone={isSet ? 'ok' : 'off'}>{t(isSet ? 'passwordIsSet' : 'passwordNotSet')}</StateLabel>
        {!disabled && (
          <>
            <ActionButton kind="link" size="small" onClick={() => onChange({ secret: 'set' })}>
              {t(isSet ? 'passwordChange' : 'passwordSet')}
            </ActionButton>
            {isSet && (
              <ActionButton kind="link" size="small" onClick={() => onChange({ secret: 'none', password: '' })}>
                {t('passwordRemove')}
              </ActionButton>
            )}
            {secret === 'none' && stored && (
              <ActionButton kind="link" size="small" onClick={() => onChange({ secret: 'keep' })}>
                {t('passwordKeep')}
              </ActionButton>
            )}
          </>
        )}
      </div>
    </Field>
  );
}
