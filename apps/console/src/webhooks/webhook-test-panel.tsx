'use client';
import type { Webhook } from '@basalt/contract';
import { ActionButton, iconProps, Panel, StateLabel } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { VerdictPlace } from '@/forms/verdict-list.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { Outcome } from './webhook-outcome.tsx';

/** Sends one message now and tells how far it came. */
export function WebhookTestPanel({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks.test');
  const trpc = useTRPC();
  const client = useQueryClient();
  const call = useCall();
  const test = useMutation(
    trpc.webhook.test.mutationOptions({
      onSettled: () => client.invalidateQueries({ queryKey: trpc.webhook.deliveries.pathKey() }),
    }),
  );
  return (
    <Panel title={t('title')} hint={t('hint')}>
      <ActionButton
        icon={<Send {...iconProps(14)} />}
        busy={test.isPending}
        reason={call.reason('webhook.test')}
        onClick={() => test.mutate({ id: webhook.id, requestToken: requestTokenMake() })}
      >
        {t('send')}
      </ActionButton>
      <VerdictPlace>
        {test.isPending && <StateLabel tone="busy">{t('sending')}</StateLabel>}
        {test.isError && <QueryError title={t('failed')} error={test.error} />}
        {test.data && !test.isPending && <Outcome outcome={test.data} url={webhook.url} />}
      </VerdictPlace>
    </Panel>
  );
}
