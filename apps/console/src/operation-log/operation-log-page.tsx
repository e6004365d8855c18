'use client';
import { PageHeader, PageTabs } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import { useSearchParams } from 'next/navigation';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { link } from '@/shell/link.tsx';
import { GroupsTab } from './groups-tab.tsx';
import { LogTab } from './log-tab.tsx';
import { RulesTab } from './rules-tab.tsx';
import { SyslogTab } from './syslog-tab.tsx';

const tabs = ['log', 'rules', 'groups', 'syslog'] as const;

/** What was done by whom, who is told of it, and where it is forwarded to. */
export function OperationLogPage() {
  const t = useTranslations('operationLog');
  const params = useSearchParams();
  const { region } = useConsole();
  const tab = tabs.find((key) => key === params.get('tab')) ?? 'log';
  const base = paths.operationLog(region.key);
  const header = (actions?: React.ReactNode) => (
    <>
      <PageHeader title={t('title')} actions={actions} />
      <PageTabs
        label={t('title')}
        link={link}
        activeKey={tab}
        tabs={tabs.map((key) => ({
          key,
          label: t(`tabs.${key}`),
          href: key === 'log' ? base : `${base}?tab=${key}`,
        }))}
      />
    </>
  );
  switch (tab) {
    case 'rules':
      return <RulesTab header={header} />;
    case 'groups':
      return <GroupsTab header={header} />;
    case 'syslog':
      return <SyslogTab header={header} />;
    case 'log':
      return <LogTab header={header} />;
  }
}
