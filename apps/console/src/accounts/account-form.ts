/** The create form's values and the contract's account, and where a finding of either belongs. */
import type { procedures } from '@basalt/contract';
import type { z } from 'zod';
import { bindingInputOf, bindingRow, scopeIsEmpty, type BindingValue } from './binding-form.ts';
import { emptyLimits, limitsInputOf, type LimitsValues } from './limits-form.ts';
import { generatedPassword, type PasswordValues } from './password-choice.tsx';

export interface AccountValues {
  email: string;
  name: string;
  note: string;
  level: 'system' | 'region';
  regions: string[];
  bindings: BindingValue[];
  groups: string[];
  password: PasswordValues;
  limits: LimitsValues;
}

export const accountFields = [
  'email',
  'name',
  'level',
  'regions',
  'bindings',
  'groups',
  'password',
  'sources',
  'hours',
  'timeZone',
  'note',
] as const;
export type AccountField = (typeof accountFields)[number];

export const emptyAccount = (regions: string[]): AccountValues => ({
  email: '',
  name: '',
  note: '',
  level: 'region',
  regions,
  bindings: [bindingRow()],
  groups: [],
  password: generatedPassword,
  limits: emptyLimits(),
});

export function accountInputOf(values: AccountValues): Record<keyof CreateInput, unknown> {
  return {
    requestToken: undefined,
    email: values.email.trim(),
    name: values.name.trim(),
    note: values.note,
    level: values.level,
    // A system-level account reaches every region, also those that come later.
    regions: values.level === 'system' ? [] : values.regions,
    bindings: bindingInputOf(values.bindings),
    groups: values.groups,
    password: values.password.how === 'given' ? values.password.password : undefined,
    mustChangePassword: values.password.mustChange,
    limits: limitsInputOf(values.limits),
  };
}
type CreateInput = z.input<(typeof procedures)['account']['create']['input']>;

/** `limits.sources.0` → `sources`, `bindings.1.role` → `bindings`. */
export function accountFieldOf(path: string): string {
  const [first = path, second] = path.split('.');
  return first === 'limits' ? (second ?? 'sources') : first;
}

/** What the schema cannot know: which choices would give nothing. */
export function emptyChoices(
  values: Pick<AccountValues, 'level' | 'regions' | 'bindings' | 'groups'>,
): Partial<Record<'regions' | 'bindings', 'none' | 'emptyScope'>> {
  const chosen = values.bindings.filter(({ role }) => role !== '');
  return {
    ...(values.level === 'region' && values.regions.length === 0 ? { regions: 'none' as const } : {}),
    ...(chosen.some(({ scope }) => scopeIsEmpty(scope))
      ? { bindings: 'emptyScope' as const }
      : chosen.length === 0
        ? { bindings: 'none' as const }
        : {}),
  };
}
