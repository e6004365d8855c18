'use client';
import type { Account } from '@basalt/contract';
import { iconProps, Note, useNow, useToast } from '@basalt/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Clock, Eye, KeyRound, Lock, MapPin, Pencil, Shield, Smartphone, Trash2, Unlock } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import type { CallEntry } from '@/actions/call-menu.tsx';
import { seeAsAction } from '@/actions/registry.ts';
import { useCall } from '@/actions/use-call.ts';
import { background, useTRPC, useTRPCClient } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import { seeAsGo, seeAsSet } from '@/session/see-as.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { AccountDialog, type AskedCall } from './account-dialog.tsx';
import { accountState } from './account-state.ts';
import { ChangeDrawer, type AccountChange } from './change-drawer.tsx';
import type { PasswordValues } from './password-choice.tsx';
import { SecretDialog, type ShownSecret } from './secret-dialog.tsx';

const icons = {
  'account.update': <Pencil {...iconProps()} />,
  'account.bindRoles': <Shield {...iconProps()} />,
  'account.grantRegions': <MapPin {...iconProps()} />,
  'account.setSourceLimits': <Clock {...iconProps()} />,
  'account.freeze': <Lock {...iconProps()} />,
  'account.unfreeze': <Unlock {...iconProps()} />,
  'account.resetPassword': <KeyRound {...iconProps()} />,
  'account.resetTotp': <Smartphone {...iconProps()} />,
  'account.delete': <Trash2 {...iconProps()} />,
} as const satisfies Record<AskedCall | AccountChange, React.ReactNode>;
export type AccountCall = keyof typeof icons;

const changes: readonly string[] = [
  'account.update',
  'account.bindRoles',
  'account.grantRegions',
  'account.setSourceLimits',
] satisfies AccountChange[];
const isChange = (key: AccountCall): key is AccountChange => changes.includes(key);

/** Everything a page needs to act on accounts: one door for buttons, menus and the bulk bar. */
export function useAccountActions(onDone?: (call: AccountCall) => void) {
  const t = useTranslations('accounts');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const now = useNow();
  const permissionReason = usePermissionReason();
  const { session } = useConsole();
  const [asked, setAsked] = useState<{
    call: AskedCall;
    accounts: Account[];
    skipped: { count: number; reason: string | undefined };
  } | null>(null);
  const [changing, setChanging] = useState<{ change: AccountChange; account: Account } | null>(null);
  const [secret, setSecret] = useState<ShownSecret | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const [failed, setFailed] = useState<{ account: Account; why: string }[]>([]);

  /** Why not this account, beyond a missing permission. */
  const stateReason = (key: AccountCall, account: Account): string | undefined => {
    const self = account.id === session.account.id;
    const state = accountState(account, now);
    switch (key) {
      case 'account.freeze':
        return self ? t('reasons.self') : state === 'frozen' ? t('reasons.frozen') : undefined;
      case 'account.unfreeze':
        return state === 'active' ? t('reasons.active') : undefined;
      case 'account.delete':
        return self ? t('reasons.self') : account.builtIn ? t('reasons.builtIn') : undefined;
      case 'account.grantRegions':
        return account.level === 'system' ? t('reasons.allRegions') : undefined;
      case 'account.resetTotp':
        return account.totp ? undefined : t('reasons.noTotp');
      case 'account.resetPassword':
        return self ? t('reasons.ownPassword') : undefined;
      default:
        return undefined;
    }
  };
  const reasonOf = (key: AccountCall, account: Account) => call.reason(key) ?? stateReason(key, account);
  const seeAsReason = (account: Account): string | undefined =>
    session.seeAs !== null
      ? t('reasons.seeing')
      : (permissionReason(seeAsAction.permission) ??
        (account.id === session.account.id ? t('reasons.seeSelf') : undefined));

  const refresh = () => void queries.invalidateQueries({ queryKey: trpc.account.pathKey() });
  const one = async (key: AskedCall, account: Account, password: PasswordValues): Promise<void> => {
    const input = { id: account.id, requestToken: requestTokenMake() };
    switch (key) {
      case 'account.freeze':
        await client.account.freeze.mutate(input);
        return;
      case 'account.unfreeze':
        await client.account.unfreeze.mutate(input);
        return;
      case 'account.delete':
        await client.account.delete.mutate(input);
        return;
      case 'account.resetTotp':
        await client.account.resetTotp.mutate(input);
        return;
      case 'account.resetPassword': {
        const given = password.how === 'given' ? { password: password.password } : {};
        const answer = await client.account.resetPassword.mutate({ ...input, ...given });
        if (answer.password !== null) setSecret({ email: account.email, password: answer.password });
      }
    }
  };
  const run = async (password: PasswordValues): Promise<void> => {
    if (!asked) return;
    setBusy(true);
    setError(undefined);
    const refused: { account: Account; why: string }[] = [];
    for (const account of asked.accounts)
      // One after the other: each is an operation of its own in the log.
      // oxlint-disable-next-line no-await-in-loop
      await one(asked.call, account, password).catch((cause: unknown) =>
        refused.push({ account, why: readable(cause, locale, c('noAnswer')).text }),
      );
    setBusy(false);
    refresh();
    const done = asked.accounts.length - refused.length;
    if (asked.accounts.length === 1 && refused[0]) return setError(refused[0].why);
    const [first] = asked.accounts;
    setFailed(refused);
    setAsked(null);
    if (done > 0)
      toast({
        tone: 'ok',
        title:
          done === 1 && first
            ? t('done.one', { action: call.label(asked.call), name: first.name })
            : t('done.many', { action: call.label(asked.call), count: done }),
      });
    onDone?.(asked.call);
  };

  const ask = (key: AccountCall, accounts: readonly Account[]): void => {
    const reasons = accounts.map((account) => reasonOf(key, account));
    const possible = accounts.filter((_, index) => reasons[index] === undefined);
    const [first] = possible;
    if (!first) return;
    setError(undefined);
    setFailed([]);
    if (isChange(key)) setChanging({ change: key, account: first });
    else
      setAsked({
        call: key,
        accounts: possible,
        skipped: { count: accounts.length - possible.length, reason: reasons.find((reason) => reason !== undefined) },
      });
  };

  /** The platform says whether it allows the view before the page is left. */
  const seeAs = async (account: Account): Promise<void> => {
    seeAsSet(account.id);
    try {
      await client.session.current.query({}, { context: background });
      seeAsGo(account.id, paths.home());
    } catch (cause) {
      seeAsSet(null);
      toast({
        tone: 'err',
        title: t('seeAs.refused', { name: account.name }),
        description: readable(cause, locale, c('noAnswer')).text,
        duration: 0,
      });
    }
  };

  const entry = (key: AccountCall, account: Account): CallEntry => ({
    key,
    icon: icons[key],
    reason: stateReason(key, account),
    onRun: () => ask(key, [account]),
  });
  const seeAsEntry = (account: Account) => ({
    key: seeAsAction.id,
    label: t('seeAs.action'),
    icon: <Eye {...iconProps()} />,
    reason: seeAsReason(account),
    onRun: () => void seeAs(account),
  });

  return {
    ask,
    reasonOf,
    entry,
    seeAsEntry,
    icons,
    showSecret: setSecret,
    outcome:
      failed.length === 0 ? undefined : (
        <Note tone="err" title={t('done.failed', { count: failed.length })}>
          {failed.map(({ account, why }) => (
            <div key={account.id}>
              {account.name} <span className="bs-secondary">{why}</span>
            </div>
          ))}
        </Note>
      ),
    dialog: (
      <>
        {asked && (
          <AccountDialog
            key={`${asked.call}:${asked.accounts.map(({ id }) => id).join()}`}
            {...asked}
            busy={busy}
            error={error}
            onCancel={() => setAsked(null)}
            onConfirm={(password) => void run(password)}
          />
        )}
        {changing && (
          <ChangeDrawer
            key={`${changing.change}:${changing.account.id}`}
            {...changing}
            onClose={() => setChanging(null)}
          />
        )}
        <SecretDialog secret={secret} onClose={() => setSecret(null)} />
      </>
    ),
  };
}
