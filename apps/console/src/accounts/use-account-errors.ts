'use client';
import type { ErrorCode } from '@basalt/contract';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { refusalAt } from '@/forms/refusal.ts';
import { accountFieldOf } from './account-form.ts';

const byCode: Partial<Record<ErrorCode, string>> = {
  nameTaken: 'email',
  grantExceeds: 'bindings',
  roleConflict: 'bindings',
  lastAdministrator: 'bindings',
  passwordPolicy: 'password',
};

/** Errors of an account's form by field, and one for what belongs to none of its fields. */
export function useAccountErrors(fields: readonly string[]) {
  const c = useTranslations('common');
  const locale = useLocale();
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<string | undefined>();
  return {
    errors,
    failed,
    set: (found: Readonly<Record<string, string>>) => {
      setErrors(found);
      setFailed(undefined);
    },
    /** A changed field is not wrong until it is judged again. */
    touch: (keys: readonly string[]) =>
      setErrors((now) => Object.fromEntries(Object.entries(now).filter(([key]) => !keys.includes(key)))),
    refuse: (error: unknown) => {
      const refusal = refusalAt(error, locale, c('noAnswer'), byCode, accountFieldOf);
      if (refusal.field !== null && fields.includes(refusal.field)) {
        setErrors({ [refusal.field]: refusal.text });
        setFailed(undefined);
      } else setFailed(refusal.text);
    },
    clear: () => {
      setErrors({});
      setFailed(undefined);
    },
  };
}
