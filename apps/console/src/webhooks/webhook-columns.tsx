'use client';
import type { Webhook } from '@basalt/contract';
import { formatNumber, RelativeTime, StateLabel, type DataColumn } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { useWebhookWords } from './use-webhook-words.ts';
import { urlParts, waitingOf, webhookTones } from './webhook-facts.ts';
import styles from './webhooks.module.css';

const none = <span className="bs-none">—</span>;

/** An address with its host standing out; what follows the path is not shown. */
export function UrlText({ url }: { url: string }) {
  const { scheme, host, path, hidden } = urlParts(url);
  const shown = `${scheme}${host}${path}${hidden ? '?…' : ''}`;
  return (
    <span className={styles.url} title={shown}>
      <span className="bs-tertiary">{scheme}</span>
      {host}
      <span className="bs-tertiary">
        {path}
        {hidden && '?…'}
      </span>
    </span>
  );
}

export function useWebhookColumns(): DataColumn<Webhook>[] {
  const t = useTranslations('webhooks');
  const locale = useLocale();
  const words = useWebhookWords();
  const { region, session } = useConsole();
  return [
    {
      key: 'name',
      title: t('columns.name'),
      width: 150,
      sortable: true,
      render: (webhook) => <Link href={paths.webhook(region.key, webhook.id)}>{webhook.name}</Link>,
    },
    {
      key: 'state',
      title: t('columns.state'),
      width: 190,
      render: (webhook) => (
        <StateLabel
          tone={webhookTones[webhook.state]}
          {...(webhook.state === 'failing' && webhook.lastFailure
            ? { detail: <span title={webhook.lastFailure.text}>{webhook.lastFailure.text}</span> }
            : {})}
        >
          {t(`state.${webhook.state}`)}
        </StateLabel>
      ),
    },
    { key: 'url', title: t('columns.url'), width: 230, sortable: true, render: ({ url }) => <UrlText url={url} /> },
    {
      key: 'sends',
      title: t('columns.sends'),
      width: 160,
      render: (webhook) => {
        const text = `${words.kinds(webhook.kinds)} · ${words.regions(webhook.regions)}`;
        return <span title={text}>{text}</span>;
      },
    },
    {
      key: 'lastDeliveredAt',
      title: t('columns.lastDeliveredAt'),
      width: 128,
      render: (webhook) =>
        webhook.lastDeliveredAt === null ? (
          <span className="bs-none">{t('never')}</span>
        ) : (
          <RelativeTime at={webhook.lastDeliveredAt} locale={locale} />
        ),
    },
    {
      key: 'waiting',
      title: t('columns.waiting'),
      width: 85,
      align: 'right',
      render: (webhook) => {
        const waiting = waitingOf(webhook);
        if (waiting === null) return <span className="bs-tertiary">{t('unknown')}</span>;
        return waiting === 0 ? none : formatNumber(waiting);
      },
    },
    {
      key: 'createdBy',
      title: t('columns.createdBy'),
      width: 120,
      render: ({ createdBy }) =>
        createdBy.id !== null && can(session, 'account:read') ? (
          <Link href={paths.account(region.key, createdBy.id)}>{createdBy.name}</Link>
        ) : (
          createdBy.name || none
        ),
    },
    {
      key: 'createdAt',
      title: t('columns.createdAt'),
      width: 130,
      sortable: true,
      optional: true,
      render: (webhook) => <RelativeTime at={webhook.createdAt} locale={locale} />,
    },
  ];
}
