'use client';
import type { Host, HostInventory } from '@basalt/contract';
import { DataTable, FactGrid, formatBytes, formatNumber, Panel, StateLabel } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import { useTableLabels } from '@/use-table-labels.ts';

const none = <span className="bs-none">—</span>;

/** Runs of neighbours as ranges: 0,1,2,5 → "0–2, 5". */
export function rangesOf(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const value of numbers.toSorted((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && last[1] + 1 >= value) last[1] = value;
    else parts.push([value, value]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** What the host is made of and what runs on it. */
export function HostInventoryPanels({ inventory }: { inventory: Host['inventory'] }) {
  const t = useTranslations('hosts.inventory');
  const labels = useTableLabels(t('nics'));
  const diskLabels = useTableLabels(t('disks'));
  if (inventory === null)
    return (
      <Panel title={t('title')}>
        <span className="bs-tertiary">{t('none')}</span>
      </Panel>
    );
  return (
    <>
      <Panel title={t('title')}>
        <FactGrid columns={2} facts={factsOf(inventory, t)} />
      </Panel>
      <Panel flush title={t('numa')} count={inventory.numa.length}>
        <DataTable
          fill={false}
          columns={[
            { key: 'node', title: t('node'), width: 100, render: (row) => row.node },
            { key: 'cpus', title: t('cpus'), width: 260, render: (row) => rangesOf(row.cpus) },
            { key: 'memory', title: t('memory'), width: 140, align: 'right', render: (row) => formatBytes(row.memory) },
          ]}
          rows={inventory.numa}
          rowKey={(row) => String(row.node)}
          rowName={(row) => String(row.node)}
          empty={<p className="bs-tertiary">{t('noNuma')}</p>}
          labels={{ ...labels, table: t('numa') }}
        />
      </Panel>
      <Panel flush title={t('nics')} count={inventory.nics.length}>
        <DataTable
          fill={false}
          columns={[
            { key: 'name', title: t('name'), width: 100, render: (row) => row.name },
            {
              key: 'up',
              title: t('link'),
              width: 90,
              render: (row) => <StateLabel tone={row.up ? 'ok' : 'off'}>{row.up ? t('up') : t('down')}</StateLabel>,
            },
            {
              key: 'speed',
              title: t('speed'),
              width: 104,
              align: 'right',
              render: (row) => (row.speed === null ? none : t('mbits', { speed: formatNumber(row.speed) })),
            },
            { key: 'mtu', title: t('mtu'), width: 64, align: 'right', render: (row) => formatNumber(row.mtu) },
            { key: 'mac', title: t('mac'), width: 148, mono: true, render: (row) => row.mac },
            {
              key: 'addresses',
              title: t('addresses'),
              width: 200,
              mono: true,
              render: (row) =>
                row.addresses.length === 0 ? (
                  none
                ) : (
                  <span title={row.addresses.join('\n')}>{row.addresses.join(', ')}</span>
                ),
            },
          ]}
          rows={inventory.nics}
          rowKey={(row) => row.name}
          rowName={(row) => row.name}
          empty={<p className="bs-tertiary">{t('noNics')}</p>}
          labels={labels}
        />
      </Panel>
      <Panel flush title={t('disks')} count={inventory.disks.length}>
        <DataTable
          fill={false}
          columns={[
            { key: 'name', title: t('name'), width: 160, render: (row) => row.name },
            { key: 'size', title: t('size'), width: 120, align: 'right', render: (row) => formatBytes(row.size) },
            { key: 'media', title: t('media'), width: 120, render: (row) => (row.rotational ? t('hdd') : t('ssd')) },
            { key: 'model', title: t('model'), width: 220, render: (row) => row.model ?? none },
          ]}
          rows={inventory.disks}
          rowKey={(row) => row.name}
          rowName={(row) => row.name}
          empty={<p className="bs-tertiary">{t('noDisks')}</p>}
          labels={diskLabels}
        />
      </Panel>
    </>
  );
}

type Words = ReturnType<typeof useTranslations<'hosts.inventory'>>;

function factsOf(inventory: HostInventory, t: Words) {
  const maker = [inventory.vendor, inventory.model].filter((part) => part !== null).join(' ');
  return [
    { key: 'cpu', label: t('cpuModel'), value: inventory.cpuModel },
    { key: 'architecture', label: t('architecture'), value: inventory.architecture },
    {
      key: 'topology',
      label: t('topology'),
      value: t('topologyOf', { sockets: inventory.sockets, cores: inventory.cores, threads: inventory.threads }),
    },
    { key: 'memory', label: t('memory'), value: formatBytes(inventory.memory) },
    { key: 'virtualisation', label: t('virtualisation'), value: t(`virt.${inventory.virtualisation}`) },
    { key: 'iommu', label: t('iommu'), value: inventory.iommu ? t('yes') : t('no') },
    { key: 'kernel', label: t('kernel'), value: inventory.kernel },
    { key: 'hypervisor', label: t('hypervisor'), value: inventory.hypervisor },
    { key: 'libvirt', label: t('libvirt'), value: inventory.libvirt },
    { key: 'ovs', label: t('ovs'), value: inventory.ovs ?? undefined },
    { key: 'agent', label: t('agent'), value: inventory.agent },
    {
      key: 'time',
      label: t('time'),
      value:
        inventory.timeSynchronised === null ? undefined : inventory.timeSynchronised ? t('synchronised') : t('drifts'),
    },
    { key: 'maker', label: t('maker'), value: maker === '' ? undefined : maker },
    { key: 'serial', label: t('serial'), value: inventory.serial ?? undefined },
    ...inventory.hugepages
      .filter((page) => page.total > 0)
      .map((page) => ({
        key: `huge-${page.size}`,
        label: t('hugepages', { size: formatBytes(page.size) }),
        value: t('hugepagesFree', { free: formatNumber(page.free), total: formatNumber(page.total) }),
      })),
  ];
}
