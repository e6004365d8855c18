'use client';
import { procedures, type Webhook } from '@basalt/contract';
import { ConfirmDialog, formatNumber, useToast, type PreflightFact } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { requestTokenMake } from '@/vms/request-token.ts';
import { waitingOf } from './webhook-facts.ts';
import { switched } from './webhook-form.ts';
import type { ShownSecret } from './webhook-secret.tsx';

type Asked = 'skip' | 'rotateSecret' | 'delete';

interface After {
  onDeleted?: () => void;
  /** The new secret, and until when the old one signs too. */
  onRotated?: (shown: ShownSecret) => void;
}

/** Everything done to a webhook that has no form: at once, or after asking. */
export function useWebhookActions({ onDeleted, onRotated }: After = {}) {
  const t = useTranslations('webhooks');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const [asked, setAsked] = useState<{ act: Asked; webhook: Webhook } | null>(null);
  const reread = () => client.invalidateQueries({ queryKey: trpc.webhook.pathKey() });
  const refused = (error: unknown) => toast({ tone: 'err', title: readable(error, locale, c('noAnswer')).text });
  const retry = useMutation(
    trpc.webhook.retry.mutationOptions({
      onSuccess: (webhook) => toast({ tone: 'busy', title: t('retry.begun', { name: webhook.name }) }),
      onError: refused,
      onSettled: reread,
    }),
  );
  const toggle = useMutation(
    trpc.webhook.update.mutationOptions({
      onSuccess: (webhook) =>
        toast({ tone: 'ok', title: t(webhook.enabled ? 'turnedOn' : 'turnedOff', { name: webhook.name }) }),
      onError: refused,
      onSettled: reread,
    }),
  );
  const skip = useMutation(
    trpc.webhook.skip.mutationOptions({
      onSuccess: (webhook) => {
        toast({ tone: 'ok', title: t('skip.done', { name: webhook.name }) });
        setAsked(null);
      },
      onSettled: reread,
    }),
  );
  const rotate = useMutation(
    trpc.webhook.rotateSecret.mutationOptions({
      onSuccess: ({ secret, oldUntil }) => {
        onRotated?.({ name: asked?.webhook.name ?? '', secret, oldUntil });
        setAsked(null);
      },
      onSettled: reread,
    }),
  );
  const remove = useMutation(
    trpc.webhook.delete.mutationOptions({
      onSuccess: () => {
        toast({ tone: 'ok', title: t('delete.done', { name: asked?.webhook.name ?? '' }) });
        setAsked(null);
        // The page of what is gone must not ask for it again.
        if (onDeleted) onDeleted();
        void client.invalidateQueries({ queryKey: trpc.webhook.list.pathKey() });
      },
    }),
  );
  const waits = (webhook: Webhook): { count: number | null; words: string } => {
    const count = waitingOf(webhook);
    return { count, words: count === null ? t('skip.unknown') : t('skip.count', { count: formatNumber(count) }) };
  };
  const dialogs: Record<
    Asked,
    {
      danger: boolean;
      subtitle?: string;
      facts: (webhook: Webhook) => PreflightFact[];
      mutation: typeof skip | typeof rotate | typeof remove;
    }
  > = {
    skip: {
      danger: true,
      facts: (webhook) => [
        { key: 'count', tone: 'warn', text: waits(webhook).words },
        { key: 'told', tone: 'off', text: t('skip.told') },
        { key: 'on', tone: 'ok', text: t('skip.on') },
      ],
      mutation: skip,
    },
    rotateSecret: {
      danger: false,
      facts: () => [
        { key: 'both', tone: 'ok', text: t('rotate.both') },
        { key: 'then', tone: 'warn', text: t('rotate.then') },
        { key: 'once', tone: 'off', text: t('rotate.once') },
      ],
      mutation: rotate,
    },
    delete: {
      danger: true,
      facts: (webhook) => [
        { key: 'stops', tone: 'warn', text: t('delete.stops') },
        ...(waits(webhook).count === 0 ? [] : [{ key: 'waits', tone: 'warn' as const, text: waits(webhook).words }]),
        { key: 'gone', tone: 'warn', text: t('delete.gone') },
      ],
      mutation: remove,
    },
  };
  const open = asked && dialogs[asked.act];
  const close = () => {
    setAsked(null);
    open?.mutation.reset();
  };
  return {
    retry: (webhook: Webhook) => retry.mutate({ id: webhook.id, requestToken: requestTokenMake() }),
    retrying: retry.isPending,
    retryReason: (webhook: Webhook) =>
      webhook.state === 'off' ? t('retry.off') : webhook.state === 'failing' ? undefined : t('retry.nothing'),
    skipReason: (webhook: Webhook) => (waitingOf(webhook) === 0 ? t('skip.nothing') : undefined),
    toggle: (webhook: Webhook) => {
      const { id, version, enabled } = webhook;
      const input = procedures.webhook.update.input.parse({ ...switched(webhook, !enabled), id, version });
      toggle.mutate({ ...input, requestToken: requestTokenMake() });
    },
    toggling: toggle.isPending,
    ask: (act: Asked, webhook: Webhook) => setAsked({ act, webhook }),
    dialog: asked && open && (
      <ConfirmDialog
        open
        danger={open.danger}
        title={t(`${asked.act === 'rotateSecret' ? 'rotate' : asked.act}.title`, { name: asked.webhook.name })}
        facts={open.facts(asked.webhook)}
        {...(asked.act === 'delete'
          ? { typedName: { name: asked.webhook.name, prompt: t('delete.type', { name: asked.webhook.name }) } }
          : {})}
        confirmLabel={call.label(`webhook.${asked.act}`)}
        cancelLabel={c('cancel')}
        closeLabel={c('close')}
        busy={open.mutation.isPending}
        error={open.mutation.isError ? readable(open.mutation.error, locale, c('noAnswer')).text : undefined}
        onCancel={close}
        onConfirm={() => open.mutation.mutate({ id: asked.webhook.id, requestToken: requestTokenMake() })}
      />
    ),
  };
}
