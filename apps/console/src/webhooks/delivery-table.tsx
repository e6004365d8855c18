'use client';
import type { Webhook, WebhookDelivery } from '@basalt/contract';
import {
  Copyable,
  DataTable,
  FactGrid,
  formatExact,
  formatNumber,
  Panel,
  Segments,
  StateLabel,
  usePageKeys,
  type DataColumn,
} from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import { useWebhookWords } from './use-webhook-words.ts';
import { polled, rangeOf } from './webhook-facts.ts';
import { Outcome } from './webhook-outcome.tsx';
import styles from './webhooks.module.css';

const choices = ['all', 'ok', 'failed'] as const;
type Choice = (typeof choices)[number];
const dash = <span className="bs-none">—</span>;

/** What has become of the messages, newest first; one of them beside the list. */
export function DeliveryTable({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const trpc = useTRPC();
  const words = useWebhookWords();
  const labels = useTableLabels(t('panels.deliveries'));
  const [choice, setChoice] = useState<Choice>('all');
  const [{ offset, size }, setPage] = useState({ offset: 0, size: 20 });
  const [open, setOpen] = useState<WebhookDelivery | null>(null);
  const input = {
    id: webhook.id,
    limit: size,
    page: Math.floor(offset / size) + 1,
    ...(choice === 'all' ? {} : { ok: choice === 'ok' }),
  };
  const query = useQuery(trpc.webhook.deliveries.queryOptions(input, { placeholderData: keepPreviousData }));
  useQuery(trpc.webhook.deliveries.queryOptions(input, { ...polled, enabled: query.data !== undefined }));
  const columns: DataColumn<WebhookDelivery>[] = [
    {
      key: 'at',
      title: t('columns.at'),
      width: 178,
      render: (row) => (
        <button type="button" className={styles.open} onClick={() => setOpen(row)}>
          {formatExact(new Date(row.at))}
        </button>
      ),
    },
    {
      key: 'result',
      title: t('columns.result'),
      width: 98,
      render: (row) => (
        <StateLabel tone={row.ok ? 'ok' : 'err'}>{t(row.ok ? 'results.ok' : 'results.failed')}</StateLabel>
      ),
    },
    {
      key: 'status',
      title: t('columns.status'),
      width: 60,
      align: 'right',
      render: (row) => row.status ?? dash,
    },
    {
      key: 'events',
      title: t('columns.events'),
      width: 108,
      render: (row) =>
        row.region === null ? t('testMessage') : t('eventsOf', { count: row.events, region: words.region(row.region) }),
    },
    {
      key: 'attempt',
      title: t('columns.attempt'),
      width: 76,
      align: 'right',
      render: (row) => formatNumber(row.attempt),
    },
    { key: 'text', title: t('columns.text'), width: 116, render: (row) => <span title={row.text}>{row.text}</span> },
  ];
  return (
    <Panel
      flush
      title={t('panels.deliveries')}
      {...(query.data ? { count: formatNumber(query.data.total) } : {})}
      hint={t('panels.deliveriesHint')}
      extra={
        <Segments
          label={t('columns.result')}
          value={choice}
          options={choices.map((key) => ({ key, label: t(`results.${key}`) }))}
          onChange={(next) => {
            setChoice(next);
            setPage({ offset: 0, size });
          }}
        />
      }
    >
      <DataTable<WebhookDelivery>
        fill={false}
        columns={columns}
        rows={query.data?.items}
        rowKey={(row) => String(row.id)}
        rowName={(row) => formatExact(new Date(row.at))}
        loading={query.isPending}
        onOpen={setOpen}
        {...(query.isError
          ? {
              error: (
                <QueryError title={t('deliveriesFailed')} error={query.error} onRetry={() => void query.refetch()} />
              ),
            }
          : {})}
        empty={<p className={styles.emptyLine}>{t(choice === 'all' ? 'noDeliveries' : 'noDeliveriesSo')}</p>}
        page={{
          offset,
          size,
          total: query.data?.total,
          onChange: (nextOffset, nextSize) => setPage({ offset: nextOffset, size: nextSize }),
        }}
        labels={labels}
      />
      {open && <DeliveryDrawer delivery={open} url={webhook.url} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function DeliveryDrawer({ delivery, url, onClose }: { delivery: WebhookDelivery; url: string; onClose: () => void }) {
  const t = useTranslations('webhooks');
  const c = useTranslations('common');
  const words = useWebhookWords();
  const title = t('deliveryTitle', { time: formatExact(new Date(delivery.at)) });
  // The list beside stays in use, so the focus may be there.
  usePageKeys((key) => {
    if (key === 'Escape') onClose();
    return key === 'Escape';
  });
  return (
    <Drawer
      open
      onClose={onClose}
      mask={false}
      size={460}
      title={title}
      aria-label={title}
      closable={{ 'aria-label': c('close'), placement: 'end' }}
    >
      <div className={styles.detail}>
        <Outcome outcome={delivery} url={url} />
        <FactGrid
          facts={[
            {
              key: 'region',
              label: t('columns.region'),
              value: delivery.region === null ? t('testMessage') : words.region(delivery.region),
            },
            { key: 'events', label: t('columns.events'), value: formatNumber(delivery.events) },
            { key: 'range', label: t('columns.range'), value: rangeOf(delivery) },
            { key: 'attempt', label: t('columns.attempt'), value: formatNumber(delivery.attempt) },
            {
              key: 'message',
              label: t('columns.message'),
              value: (
                <Copyable
                  text={delivery.message}
                  label={c('copyValue', { value: delivery.message })}
                  copiedLabel={c('copied')}
                />
              ),
            },
          ]}
        />
      </div>
    </Drawer>
  );
}
