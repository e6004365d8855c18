'use client';
import { PanelGrid } from '@basalt/ui';
import { ResourceTimeline } from '@/events/resource-timeline.tsx';
import { useVm } from './vm-context.tsx';

/** What happened to the VM, newest first. */
export function EventsTab() {
  const { vm } = useVm();
  return (
    <PanelGrid>
      <ResourceTimeline id={vm.id} limit={100} />
    </PanelGrid>
  );
}
