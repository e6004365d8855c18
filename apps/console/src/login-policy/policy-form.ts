/** The policy's form: its numbers with the bounds the contract sets, its switches, and what a change means. */
import { loginPolicyValues, type LoginPolicyValues } from '@basalt/contract';
import { z } from 'zod';

export const numberFields = [
  'password.minLength',
  'password.minClasses',
  'password.expiryDays',
  'lockout.attempts',
  'lockout.minutes',
  'session.maxPerAccount',
  'session.idleMinutes',
  'passwordReset.linkMinutes',
  'apiKeysPerAccount',
] as const;
export type NumberField = (typeof numberFields)[number];

export const switchFields = [
  'password.forceChangeWhenNonCompliant',
  'password.expiryEnforced',
  'lockout.enabled',
  'session.single',
] as const;
export type SwitchField = (typeof switchFields)[number];
export type PolicyField = NumberField | SwitchField;

/** The fields in the order of the page. */
export const policyFields: readonly PolicyField[] = [
  'password.minLength',
  'password.minClasses',
  'password.forceChangeWhenNonCompliant',
  'password.expiryEnforced',
  'password.expiryDays',
  'lockout.enabled',
  'lockout.attempts',
  'lockout.minutes',
  'session.single',
  'session.maxPerAccount',
  'session.idleMinutes',
  'passwordReset.linkMinutes',
  'apiKeysPerAccount',
];

/** What the form holds, by dotted name; a number is null while its field is empty. */
export type PolicyForm = Readonly<Record<NumberField, number | null> & Record<SwitchField, boolean>>;

function at(values: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>(
      (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
      values,
    );
}

/** The form of a policy. */
export function formOf(policy: LoginPolicyValues): PolicyForm {
  const numbers = numberFields.map((field) => [field, z.number().parse(at(policy, field))]);
  const switches = switchFields.map((field) => [field, z.boolean().parse(at(policy, field))]);
  return Object.fromEntries([...numbers, ...switches]) as PolicyForm;
}

/** The policy of a form as the contract's schema takes it; it judges empty and wrong numbers. */
export function policyOf(form: PolicyForm): Record<string, unknown> {
  const policy: Record<string, unknown> = {};
  for (const field of policyFields) {
    const [head = '', ...rest] = field.split('.');
    if (rest.length === 0) policy[head] = form[field];
    else policy[head] = { ...(policy[head] as object | undefined), [rest.join('.')]: form[field] };
  }
  return policy;
}

export interface Bounds {
  min: number;
  max: number;
}

/** The bounds of a number, read from the contract. */
export function boundsOf(field: NumberField): Bounds {
  let schema: z.ZodType = loginPolicyValues;
  for (const key of field.split('.')) {
    const next: unknown = schema instanceof z.ZodObject ? schema.shape[key] : undefined;
    if (!(next instanceof z.ZodType)) throw new Error(`the sign-in policy has no ${field}`);
    schema = next;
  }
  if (!(schema instanceof z.ZodNumber)) throw new Error(`${field} of the sign-in policy is no number`);
  return { min: Number(schema.minValue), max: Number(schema.maxValue) };
}

/** What differs, in the order of the page. */
export function changesOf(before: PolicyForm, after: PolicyForm): PolicyField[] {
  return policyFields.filter((field) => before[field] !== after[field]);
}
