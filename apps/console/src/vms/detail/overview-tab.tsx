'use client';
import { FactGrid, formatBytes, Panel, PanelGrid, PanelStack, RelativeTime, StateLabel } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import { ResourceTimeline } from '@/events/resource-timeline.tsx';
import { useRegion } from '@/session/session.tsx';
import { DiskTable, NicTable } from './device-tables.tsx';
import { useVm } from './vm-context.tsx';

const agentTones = { running: 'ok', absent: 'off', unknown: 'off' } as const;

/** Facts, devices and what happened lately. */
export function OverviewTab() {
  const t = useTranslations('vm');
  const locale = useLocale();
  const region = useRegion();
  const { vm } = useVm();
  const guest = vm.guest;
  return (
    <PanelGrid columns={[2, 1]}>
      <PanelStack>
        <Panel title={t('facts.title')}>
          <FactGrid
            columns={2}
            facts={[
              {
                key: 'size',
                label: t('columns.size'),
                value: t('facts.size', { vcpu: vm.vcpu, memory: formatBytes(vm.memory) }),
              },
              {
                key: 'image',
                label: t('columns.image'),
                value: vm.image && <Link href={paths.image(region, vm.image.id)}>{vm.image.name}</Link>,
              },
              { key: 'hostName', label: t('create.hostName'), value: vm.hostName },
              { key: 'firmware', label: t('create.firmware'), value: t(`create.firmwares.${vm.firmware}`) },
              { key: 'cpuMode', label: t('create.cpuMode'), value: t(`create.cpuModes.${vm.cpuMode}`) },
              { key: 'dns', label: t('create.dns'), value: vm.dns.length > 0 ? vm.dns.join(', ') : undefined },
              {
                key: 'created',
                label: t('columns.createdAt'),
                value: <RelativeTime at={vm.createdAt} locale={locale} />,
              },
              {
                key: 'started',
                label: t('facts.startedAt'),
                value: vm.startedAt ? <RelativeTime at={vm.startedAt} locale={locale} /> : undefined,
              },
              {
                key: 'since',
                label: t('columns.stateSince'),
                value: <RelativeTime at={vm.stateSince} locale={locale} />,
              },
              { key: 'note', label: t('columns.note'), value: vm.note === '' ? undefined : vm.note },
            ]}
          />
        </Panel>
        <Panel title={t('disks.title')} count={vm.disks.length} flush>
          <DiskTable vm={vm} />
        </Panel>
        <Panel title={t('nics.title')} count={vm.nics.length} flush>
          <NicTable vm={vm} />
        </Panel>
        <Panel
          title={t('guest.title')}
          hint={guest && t.rich('guest.seenAt', { time: () => <RelativeTime at={guest.seenAt} locale={locale} /> })}
        >
          {guest ? (
            <FactGrid
              columns={2}
              facts={[
                {
                  key: 'agent',
                  label: t('guest.agent'),
                  value: (
                    <StateLabel tone={agentTones[guest.agent]} detail={guest.agentVersion ?? undefined}>
                      {t(`guest.agents.${guest.agent}`)}
                    </StateLabel>
                  ),
                },
                { key: 'os', label: t('guest.os'), value: guest.os ?? undefined },
                { key: 'hostName', label: t('guest.hostName'), value: guest.hostName ?? undefined },
                {
                  key: 'addresses',
                  label: t('guest.addresses'),
                  value: guest.interfaces.flatMap((item) => item.addresses).join(', ') || undefined,
                },
              ]}
            />
          ) : (
            <span className="bs-tertiary">{t('guest.nothing')}</span>
          )}
        </Panel>
      </PanelStack>
      <ResourceTimeline id={vm.id} limit={12} />
    </PanelGrid>
  );
}
