'use client';
/**
 * What every form of settings does alike: it begins from what is stored, knows whether anything was changed, shows what is
 * wrong at its field, and when somebody else has changed the settings meanwhile it says so instead of writing over it.
 */
import type { ErrorCode } from '@basalt/contract';
import { fieldHintId } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { refusalAt } from './refusal.ts';
import { shapeOf } from '@/api/errors.ts';

interface Options<Stored extends { version: number }, Form extends object, Field extends string> {
  stored: Stored;
  formOf: (stored: Stored) => Form;
  /** In the order of the page: the first one with an error gets the focus. */
  fields: readonly Field[];
  /** The id of a field's control. */
  idOf: (field: Field) => string;
  reread: () => Promise<{ data: Stored | undefined }>;
  /** Whether the reader may only look. */
  disabled: boolean;
  /** The field that a path of the contract's input belongs to. */
  fieldOf?: (path: string) => string;
  byCode?: Partial<Record<ErrorCode, Field>>;
}

export type FormErrorsByField = Readonly<Record<string, string>>;

export interface SettingsForm<Stored, Form, Field extends string> {
  /** What the form began from; `version` of it goes with the change. */
  base: Stored;
  form: Form;
  changed: boolean;
  errors: FormErrorsByField;
  /** The fields with errors, in the order of the page, with the ids of their controls. */
  wrong: readonly { field: Field; id: string }[];
  /** Why a change was refused that belongs to no field; stale: somebody else was first. */
  failed: { text: string; stale: boolean } | undefined;
  set: (change: Partial<Form>) => void;
  /** Begins again from what is stored now. */
  begin: (next: Stored) => void;
  discard: () => void;
  /** Reads again what is stored and begins from it. */
  readAgain: () => void;
  /** Shows these errors instead of all earlier ones, focuses the first and answers whether there is none. */
  show: (found: FormErrorsByField) => boolean;
  /** Shows why a change was refused. @returns the field it was told at, or null */
  refuse: (error: unknown) => Field | null;
  /** What a control of a field is given. */
  control: (field: Field) => { id: string; disabled: boolean; 'aria-describedby': string; status: '' | 'error' };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The state of a form of settings. What arrives later moves nothing that is being typed. */
export function useSettingsForm<Stored extends { version: number }, Form extends object, Field extends string>(
  options: Options<Stored, Form, Field>,
): SettingsForm<Stored, Form, Field> {
  const { stored, formOf, fields, idOf, fieldOf, byCode } = options;
  const c = useTranslations('common');
  const locale = useLocale();
  const [base, setBase] = useState(stored);
  const [form, setForm] = useState<Form>(() => formOf(stored));
  const [errors, setErrors] = useState<FormErrorsByField>({});
  const [failed, setFailed] = useState<{ text: string; stale: boolean } | undefined>(undefined);
  const begin = (next: Stored) => {
    setBase(next);
    setForm(formOf(next));
    setErrors({});
    setFailed(undefined);
  };
  return {
    base,
    form,
    changed: !same(formOf(base), form),
    errors,
    wrong: fields.filter((field) => field in errors).map((field) => ({ field, id: idOf(field) })),
    failed,
    set(change) {
      setForm((before) => ({ ...before, ...change }));
      setErrors((before) => Object.fromEntries(Object.entries(before).filter(([key]) => !(key in change))));
    },
    begin,
    discard: () => begin(base),
    readAgain: () => void options.reread().then(({ data }) => data && begin(data)),
    show(found) {
      setFailed(undefined);
      setErrors(found);
      const first = fields.find((field) => field in found);
      if (first !== undefined) document.getElementById(idOf(first))?.focus();
      return Object.keys(found).length === 0;
    },
    refuse(error) {
      const refusal = refusalAt(error, locale, c('noAnswer'), byCode, fieldOf);
      const field = fields.find((key) => key === refusal.field);
      if (field === undefined) setFailed({ text: refusal.text, stale: shapeOf(error)?.code === 'changedMeanwhile' });
      else setErrors({ [field]: refusal.text });
      return field ?? null;
    },
    control: (field) => ({
      id: idOf(field),
      disabled: options.disabled,
      'aria-describedby': fieldHintId(idOf(field)),
      status: errors[field] === undefined ? '' : 'error',
    }),
  };
}
