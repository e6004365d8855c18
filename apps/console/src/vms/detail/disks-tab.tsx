'use client';
import { Panel, PanelGrid } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import { DiskTable } from './device-tables.tsx';
import { useVm } from './vm-context.tsx';

export function DisksTab() {
  const t = useTranslations('vm.disks');
  const { vm } = useVm();
  return (
    <PanelGrid>
      <Panel title={t('title')} count={vm.disks.length} hint={t('hint')} flush>
        <DiskTable vm={vm} />
      </Panel>
    </PanelGrid>
  );
}
