'use client';
import type { Account } from '@basalt/contract';
import { ConfirmDialog, type PreflightFact } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { can, useConsole } from '@/session/session.tsx';
import { generatedPassword, PasswordChoice, type PasswordValues } from './password-choice.tsx';

export const askedCalls = [
  'account.freeze',
  'account.unfreeze',
  'account.delete',
  'account.resetPassword',
  'account.resetTotp',
] as const;
export type AskedCall = (typeof askedCalls)[number];

interface AccountDialogProps {
  call: AskedCall;
  accounts: readonly Account[];
  skipped: { count: number; reason: string | undefined };
  busy: boolean;
  error: string | undefined;
  onConfirm: (password: PasswordValues) => void;
  onCancel: () => void;
}

/** What an act on one account or several touches, then the act by its name. */
export function AccountDialog({ call, accounts, skipped, busy, error, onConfirm, onCancel }: AccountDialogProps) {
  const t = useTranslations('accounts.ask');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const label = useCall().label(call);
  const [password, setPassword] = useState<PasswordValues>(generatedPassword);
  const [only] = accounts;
  const single = accounts.length === 1 && only !== undefined ? only : undefined;
  const owned = useQuery(
    trpc.vm.list.queryOptions(
      { region: region.key, limit: 1, filter: { ownerId: accounts.map(({ id }) => id) } },
      { enabled: call === 'account.delete' && can(session, 'vm:read') },
    ),
  );
  const sessions = accounts.reduce((sum, account) => sum + account.sessions, 0);
  const keys = accounts.reduce((sum, account) => sum + account.apiKeys, 0);
  const facts: PreflightFact[] = [];
  if (!single)
    facts.push({
      key: 'names',
      tone: 'off',
      text: accounts
        .slice(0, 5)
        .map((account) => account.name)
        .join(locale === 'zh-CN' ? '、' : ', '),
      detail: accounts.length > 5 ? t('andMore', { count: accounts.length - 5 }) : undefined,
    });
  if (skipped.count > 0)
    facts.push({ key: 'skipped', tone: 'warn', text: t('skipped', { count: skipped.count }), detail: skipped.reason });
  if (call === 'account.freeze' || call === 'account.delete' || call === 'account.resetPassword')
    facts.push({
      key: 'sessions',
      tone: sessions > 0 ? 'warn' : 'ok',
      text: sessions > 0 ? t('sessionsEnd', { count: sessions }) : t('noSessions'),
    });
  if (call === 'account.freeze' || call === 'account.delete')
    facts.push({
      key: 'keys',
      tone: keys > 0 ? 'warn' : 'ok',
      text: keys > 0 ? t(call === 'account.delete' ? 'keysGone' : 'keysStop', { count: keys }) : t('noKeys'),
    });
  if (call === 'account.freeze') facts.push({ key: 'stays', tone: 'ok', text: t('frozenStays') });
  if (call === 'account.unfreeze') facts.push({ key: 'again', tone: 'ok', text: t('signsInAgain') });
  if (call === 'account.delete')
    facts.push(
      owned.data?.total === 0
        ? { key: 'owned', tone: 'ok', text: t('ownsNothing') }
        : { key: 'owned', tone: 'warn', text: t('ownedStay', { count: owned.data?.total ?? 0 }) },
      { key: 'final', tone: 'err', text: t('final') },
    );
  if (call === 'account.resetPassword') facts.push({ key: 'change', tone: 'off', text: t('mustChange') });
  if (call === 'account.resetTotp')
    facts.push(
      { key: 'codes', tone: 'warn', text: t('totpGone') },
      { key: 'again', tone: 'off', text: t('totpAgain') },
    );
  return (
    <ConfirmDialog
      open
      title={
        single
          ? t('title', { action: label, name: single.name })
          : t('titleMany', { action: label, count: accounts.length })
      }
      {...(single ? { subtitle: single.email } : {})}
      facts={facts}
      {...(call === 'account.delete' && single
        ? { typedName: { name: single.email, prompt: t('typeName', { name: single.email }) } }
        : {})}
      confirmLabel={label}
      cancelLabel={c('cancel')}
      closeLabel={c('close')}
      danger={call !== 'account.unfreeze'}
      busy={busy}
      error={call === 'account.resetPassword' && password.how === 'given' ? undefined : error}
      onCancel={onCancel}
      onConfirm={() => onConfirm(password)}
    >
      {call === 'account.resetPassword' && (
        <PasswordChoice
          id="account-new-password"
          label={t('newPassword')}
          values={password}
          error={password.how === 'given' ? error : undefined}
          onChange={setPassword}
        />
      )}
    </ConfirmDialog>
  );
}
