'use client';
import { builtInRoles, type LoginPolicy } from '@basalt/contract';
import { ActionButton, ConfirmDialog, StateLabel, useToast, type PreflightFact } from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { can, useConsole, usePermissionReason } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { duties, dutyConflicts } from './duty-conflicts.ts';
import styles from './login-policy.module.css';

const namedAtMost = 5;

/** Separation of duties: a switch with a confirmation of its own, which says what it does and whom it stops. */
export function DutyPanel({ policy }: { policy: LoginPolicy }) {
  const t = useTranslations('loginPolicy.duty');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const { session } = useConsole();
  const denied = usePermissionReason()('loginPolicy:setDutySeparation');
  const [asking, setAsking] = useState(false);
  const turnOn = !policy.dutySeparation;
  const mayLook = can(session, 'account:read') && can(session, 'role:read');
  const looking = asking && turnOn && mayLook;
  const accounts = useQuery(trpc.account.list.queryOptions({ limit: 200 }, { enabled: looking }));
  const roles = useQuery(trpc.role.list.queryOptions({ limit: 200 }, { enabled: looking }));
  const set = useMutation(
    trpc.loginPolicy.setDutySeparation.mutationOptions({
      onSuccess: (next) => {
        client.setQueriesData({ queryKey: trpc.loginPolicy.get.pathKey() }, next);
        void client.invalidateQueries({ queryKey: trpc.session.current.pathKey() });
        toast({ tone: 'ok', title: t(next.dutySeparation ? 'turnedOn' : 'turnedOff') });
        setAsking(false);
      },
    }),
  );
  const label = (key: (typeof duties)[number]) => builtInRoles[key].label[locale];
  const conflicts = accounts.data && roles.data ? dutyConflicts(accounts.data.items, roles.data.items) : undefined;
  const conflictFacts = (): PreflightFact[] => {
    if (!mayLook) return [{ key: 'unknown', tone: 'off', text: t('unknown') }];
    if (conflicts === undefined) return [{ key: 'looking', tone: 'busy', text: t('looking') }];
    const incomplete = (accounts.data?.total ?? 0) > (accounts.data?.items.length ?? 0);
    return [
      conflicts.length === 0
        ? { key: 'none', tone: incomplete ? 'off' : 'ok', text: t(incomplete ? 'noneOfFirst' : 'none') }
        : { key: 'some', tone: 'err', text: t('conflicts', { count: conflicts.length }) },
      ...conflicts.slice(0, namedAtMost).map((conflict) => ({
        key: conflict.id,
        tone: 'warn' as const,
        text: conflict.email,
        detail: conflict.duties.map(label).join(' + '),
      })),
    ];
  };
  const facts: PreflightFact[] = turnOn
    ? [
        ...duties.map((key) => ({
          key,
          tone: 'off' as const,
          text: (
            <>
              {label(key)} <span className="bs-tertiary">{t(`does.${key}`)}</span>
            </>
          ),
        })),
        ...conflictFacts(),
        { key: 'reversible', tone: 'ok', text: t('reversible') },
      ]
    : [
        { key: 'again', tone: 'warn', text: t('offWhy') },
        { key: 'kept', tone: 'ok', text: t('offKept') },
      ];
  return (
    <div>
      <div className={styles.duty}>
        <StateLabel tone={policy.dutySeparation ? 'ok' : 'off'}>{t(policy.dutySeparation ? 'on' : 'off')}</StateLabel>
        <ActionButton reason={denied} onClick={() => setAsking(true)}>
          {t(turnOn ? 'turnOn' : 'turnOff')}
        </ActionButton>
      </div>
      <p className="bs-caption bs-tertiary">{t('what')}</p>
      <ConfirmDialog
        open={asking}
        danger={!turnOn}
        title={t(turnOn ? 'turnOnTitle' : 'turnOffTitle')}
        subtitle={t(turnOn ? 'turnOnWhy' : 'turnOffWhy')}
        facts={facts}
        confirmLabel={t(turnOn ? 'turnOn' : 'turnOff')}
        cancelLabel={c('cancel')}
        closeLabel={c('close')}
        blocked={conflicts !== undefined && conflicts.length > 0}
        busy={set.isPending}
        error={
          set.isError
            ? readable(set.error, locale, c('noAnswer')).text
            : conflicts !== undefined && conflicts.length > 0
              ? t('resolve')
              : undefined
        }
        onCancel={() => {
          setAsking(false);
          set.reset();
        }}
        onConfirm={() => set.mutate({ enabled: turnOn, requestToken: requestTokenMake() })}
      />
    </div>
  );
}
