'use client';
import type { VmTab as Tab } from '@/paths.ts';
import { VmConsole } from '../console/vm-console.tsx';
import { DisksTab } from './disks-tab.tsx';
import { EventsTab } from './events-tab.tsx';
import { NetworkTab } from './network-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { PlacementTab } from './placement-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { TasksTab } from './tasks-tab.tsx';

const tabs: Record<Tab, () => React.ReactNode> = {
  overview: OverviewTab,
  console: VmConsole,
  disks: DisksTab,
  network: NetworkTab,
  tasks: TasksTab,
  events: EventsTab,
  placement: PlacementTab,
  settings: SettingsTab,
};

/** What stands below the band. */
export function VmTab({ tab }: { tab: Tab }) {
  const Content = tabs[tab];
  return <Content />;
}
