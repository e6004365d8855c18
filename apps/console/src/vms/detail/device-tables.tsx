'use client';
import { diskState, stateColor, stateLabel, type Vm } from '@basalt/contract';
import { formatBytes, StateLabel, UsageBar } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import { useRegion } from '@/session/session.tsx';
import { Copy, none } from '../vm-facts.tsx';
import styles from './vm-detail.module.css';

/** Disks of a VM, the system disk first. */
export function DiskTable({ vm }: { vm: Vm }) {
  const t = useTranslations('vm.disks');
  const locale = useLocale();
  return (
    <table className={styles.table} aria-label={t('title')}>
      <thead>
        <tr>
          <th>{t('name')}</th>
          <th>{t('state')}</th>
          <th className={styles.num}>{t('size')}</th>
          <th>{t('used')}</th>
          <th>{t('storage')}</th>
        </tr>
      </thead>
      <tbody>
        {vm.disks.map((disk) => {
          const state = diskState.parse(disk.state);
          return (
            <tr key={disk.id}>
              <td>
                {t(`roles.${disk.role}`)} <span className="bs-mono bs-tertiary">{disk.device}</span>
              </td>
              <td>
                <StateLabel tone={stateColor('disk', state)}>{stateLabel('disk', state, locale)}</StateLabel>
              </td>
              <td className={styles.num}>{formatBytes(disk.size)}</td>
              <td>
                {disk.used === null ? (
                  none
                ) : (
                  <UsageBar used={disk.used / disk.size} label={t('usedOf', { name: disk.device })} />
                )}
              </td>
              <td>{disk.storageCluster.name}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** NICs of a VM with network, address and MAC. */
export function NicTable({ vm }: { vm: Vm }) {
  const t = useTranslations('vm.nics');
  const region = useRegion();
  return (
    <table className={styles.table} aria-label={t('title')}>
      <thead>
        <tr>
          <th>{t('name')}</th>
          <th>{t('network')}</th>
          <th>{t('address')}</th>
          <th>{t('mac')}</th>
          <th>{t('port')}</th>
        </tr>
      </thead>
      <tbody>
        {vm.nics.map((nic) => (
          <tr key={nic.id}>
            <td>
              {t('nic', { index: nic.index })} <span className="bs-tertiary">{nic.model}</span>
            </td>
            <td>
              <Link href={paths.network(region, nic.network.id)}>{nic.network.name}</Link>{' '}
              <span className="bs-tertiary">{t('vlan', { vlan: nic.network.vlan })}</span>
            </td>
            <td>{nic.address === null ? none : <Copy text={nic.address} />}</td>
            <td>
              <Copy text={nic.mac} />
            </td>
            <td>
              {nic.up === null ? (
                none
              ) : (
                <StateLabel tone={nic.up ? 'ok' : 'off'}>{t(nic.up ? 'up' : 'down')}</StateLabel>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
