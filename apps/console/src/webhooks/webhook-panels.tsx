'use client';
import type { Webhook } from '@basalt/contract';
import { ActionButton, DataTable, FactGrid, formatExact, formatNumber, Panel, RelativeTime } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import { useWebhookWords } from './use-webhook-words.ts';
import { urlParts, waitingOf } from './webhook-facts.ts';
import styles from './webhooks.module.css';

/** How it goes now: since when it fails, when it is tried next, what waits. */
export function StatePanel({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const locale = useLocale();
  const time = (at: string | null) => (at === null ? undefined : <RelativeTime at={at} locale={locale} />);
  const waiting = waitingOf(webhook);
  return (
    <Panel title={t('panels.state')}>
      <FactGrid
        facts={[
          {
            key: 'lastDeliveredAt',
            label: t('columns.lastDeliveredAt'),
            value: time(webhook.lastDeliveredAt) ?? t('never'),
          },
          {
            key: 'waiting',
            label: t('columns.waiting'),
            value: waiting === null ? t('unknown') : formatNumber(waiting),
          },
          ...(webhook.state === 'failing'
            ? [
                { key: 'failingSince', label: t('facts.failingSince'), value: time(webhook.failingSince) },
                { key: 'failures', label: t('facts.failures'), value: formatNumber(webhook.failures) },
                {
                  key: 'nextTryAt',
                  label: t('facts.nextTryAt'),
                  value: webhook.nextTryAt === null ? t('facts.nextTrySoon') : formatExact(new Date(webhook.nextTryAt)),
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}

/** How far it has come in each region. */
export function PlacesPanel({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const words = useWebhookWords();
  const labels = useTableLabels(t('panels.places'));
  return (
    <Panel flush title={t('panels.places')} hint={t('panels.placesHint')}>
      <DataTable<Webhook['places'][number]>
        fill={false}
        columns={[
          { key: 'region', title: t('columns.region'), width: 220, render: (place) => words.region(place.region) },
          {
            key: 'delivered',
            title: t('columns.delivered'),
            width: 150,
            align: 'right',
            render: (place) => formatNumber(place.delivered),
          },
          {
            key: 'waiting',
            title: t('columns.waiting'),
            width: 150,
            align: 'right',
            render: (place) =>
              place.waiting === null ? (
                <span className="bs-tertiary">{t('regionSilent')}</span>
              ) : (
                formatNumber(place.waiting)
              ),
          },
        ]}
        rows={webhook.places}
        rowKey={(place) => place.region}
        rowName={(place) => words.region(place.region)}
        empty={<p className={styles.emptyLine}>{t('noPlaces')}</p>}
        labels={labels}
      />
    </Panel>
  );
}

/** The whole address; its query, which may hold a key, only when asked for. */
function WholeUrl({ url }: { url: string }) {
  const t = useTranslations('webhooks');
  const [isShown, setShown] = useState(false);
  const { scheme, host, path, hidden } = urlParts(url);
  return (
    <span className={styles.whole}>
      {isShown || !hidden ? url : `${scheme}${host}${path}?…`}{' '}
      {hidden && (
        <ActionButton kind="link" size="small" onClick={() => setShown(!isShown)}>
          {t(isShown ? 'urlHide' : 'urlShow')}
        </ActionButton>
      )}
    </span>
  );
}

/** Where it sends and what. */
export function SettingsPanel({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const locale = useLocale();
  const words = useWebhookWords();
  const { region, session } = useConsole();
  const { createdBy } = webhook;
  return (
    <Panel title={t('panels.settings')}>
      <FactGrid
        facts={[
          { key: 'url', label: t('columns.url'), value: <WholeUrl url={webhook.url} /> },
          { key: 'kinds', label: t('form.fields.kinds'), value: words.kinds(webhook.kinds) },
          { key: 'regions', label: t('form.fields.regions'), value: words.regions(webhook.regions) },
          {
            key: 'headers',
            label: t('form.fields.headers'),
            value:
              webhook.headers.length === 0 ? undefined : <span className="bs-mono">{webhook.headers.join(', ')}</span>,
          },
          {
            key: 'ca',
            label: t('form.fields.ca'),
            value: webhook.ca === '' ? t('form.caPublic') : t('form.caOwn'),
          },
          {
            key: 'createdBy',
            label: t('columns.createdBy'),
            value:
              createdBy.id !== null && can(session, 'account:read') ? (
                <Link href={paths.account(region.key, createdBy.id)}>{createdBy.name}</Link>
              ) : (
                createdBy.name || undefined
              ),
          },
          {
            key: 'createdAt',
            label: t('columns.createdAt'),
            value: <RelativeTime at={webhook.createdAt} locale={locale} />,
          },
          {
            key: 'updatedAt',
            label: t('columns.updatedAt'),
            value: <RelativeTime at={webhook.updatedAt} locale={locale} />,
          },
        ]}
      />
    </Panel>
  );
}
