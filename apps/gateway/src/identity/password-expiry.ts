import type { LoginPolicyValues } from '@basalt/contract';

/** When a password must be changed; null when passwords do not expire (IAM-08). */
export const passwordExpiryOf = (
  { passwordChangedAt }: { readonly passwordChangedAt: Date },
  { expiryEnforced, expiryDays }: LoginPolicyValues['password'],
): Date | null => (expiryEnforced ? new Date(passwordChangedAt.getTime() + expiryDays * 86_400_000) : null);
