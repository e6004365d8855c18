'use client';
import type { ApiKey } from '@basalt/contract';
import { ConfirmDialog, useToast } from '@basalt/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC, useTRPCClient } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { requestTokenMake } from '@/vms/request-token.ts';

/** Disabling keys of others, one or several; its owner may enable a key again. */
export function useApiKeyActions(onDone?: () => void) {
  const t = useTranslations('apiKeys');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const [asked, setAsked] = useState<ApiKey[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const reasonOf = (key: ApiKey) => call.reason('apiKey.disable') ?? (key.enabled ? undefined : t('alreadyDisabled'));
  const run = async () => {
    setBusy(true);
    setError(undefined);
    const refused: { key: ApiKey; why: string }[] = [];
    for (const key of asked)
      // One after the other: each is an operation of its own in the log.
      // oxlint-disable-next-line no-await-in-loop
      await client.apiKey.disable
        .mutate({ id: key.id, requestToken: requestTokenMake() })
        .catch((cause: unknown) => refused.push({ key, why: readable(cause, locale, c('noAnswer')).text }));
    setBusy(false);
    void queries.invalidateQueries({ queryKey: trpc.apiKey.pathKey() });
    const done = asked.length - refused.length;
    if (done > 0) toast({ tone: 'ok', title: t('disabled', { count: done }) });
    if (refused[0]) {
      setError(refused[0].why);
      setAsked(refused.map(({ key }) => key));
      return;
    }
    setAsked([]);
    onDone?.();
  };
  const [first] = asked;
  return {
    reasonOf,
    ask: (keys: readonly ApiKey[]) => {
      setError(undefined);
      setAsked(keys.filter((key) => reasonOf(key) === undefined));
    },
    dialog: (
      <ConfirmDialog
        open={asked.length > 0}
        danger
        title={
          asked.length === 1 && first
            ? t('ask.title', { name: first.name })
            : t('ask.titleMany', { count: asked.length })
        }
        facts={[
          {
            key: 'owner',
            tone: 'off',
            text: [...new Set(asked.map(({ account }) => account.email))].slice(0, 3).join(', '),
          },
          { key: 'stops', tone: 'warn', text: t('ask.stops') },
          { key: 'again', tone: 'ok', text: t('ask.again') },
        ]}
        confirmLabel={t('disable')}
        cancelLabel={c('cancel')}
        closeLabel={c('close')}
        busy={busy}
        error={error}
        onCancel={() => setAsked([])}
        onConfirm={() => void run()}
      />
    ),
  };
}
