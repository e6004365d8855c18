'use client';
import { Segments, TaskTray } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { useUploadGuard, useUploads } from '@/images/use-uploads.ts';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { isActive, useTrayRows } from './use-tray-rows.tsx';

/** The latest tasks, mine or all, at the bottom of every page; the event stream keeps them current. */
export function Tray({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const t = useTranslations('shell');
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const [scope, setScope] = useState<'mine' | 'all'>('mine');
  const tasks = useQuery(
    trpc.task.list.queryOptions(
      { region: region.key, limit: 20, filter: { mine: scope === 'mine' } },
      { enabled: can(session, 'task:read') },
    ),
  );
  useUploadGuard();
  const items = tasks.data?.items ?? [];
  const active = items.filter(isActive);
  const sending = useUploads().filter((upload) => upload.state === 'sending' || upload.state === 'waiting');
  const rows = useTrayRows(region.key, items);

  return (
    <TaskTray
      open={open}
      onToggle={onToggle}
      title={t('tray.title')}
      toggleLabel={t('tray.toggle')}
      filter={
        <Segments
          label={t('tray.filter')}
          value={scope}
          onChange={setScope}
          options={[
            { key: 'mine', label: t('tray.mine') },
            { key: 'all', label: t('tray.all') },
          ]}
        />
      }
      summary={
        tasks.isError
          ? t('tray.failed')
          : [
              t('tray.running', { count: active.length }),
              ...(sending.length > 0 ? [t('tray.uploads', { count: sending.length })] : []),
            ].join(' · ')
      }
      tasks={rows}
      empty={tasks.isError ? t('tray.failed') : t('tray.empty')}
      extra={<Link href={paths.tasks(region.key)}>{t('tray.centre')}</Link>}
    />
  );
}
