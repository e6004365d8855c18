'use client';
import type { ResourceScope } from '@basalt/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslations } from 'next-intl';
import { useDeferredValue, useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { can, useConsole } from '@/session/session.tsx';
import { scopeOf } from './binding-form.ts';
import styles from './accounts.module.css';

interface ScopePickerProps {
  scope: ResourceScope;
  onChange: (scope: ResourceScope) => void;
  /** Of the role it belongs to, for screen readers. */
  name: string;
}

/** Chosen clusters, hosts and VMs of the region that is shown. What was chosen in another region stays, by its id. */
export function ScopePicker({ scope, onChange, name }: ScopePickerProps) {
  const t = useTranslations('accounts.scope');
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const [text, setText] = useState('');
  const search = useDeferredValue(text);
  const clusters = useQuery(
    trpc.computeCluster.list.queryOptions({ region: region.key }, { enabled: can(session, 'computeCluster:read') }),
  );
  const hosts = useQuery(
    trpc.host.list.queryOptions({ region: region.key, limit: 200 }, { enabled: can(session, 'host:read') }),
  );
  const vms = useQuery(
    trpc.vm.list.queryOptions(
      { region: region.key, limit: 50, search },
      { enabled: can(session, 'vm:read'), placeholderData: keepPreviousData },
    ),
  );
  const set = (change: Partial<Record<keyof ResourceScope, readonly string[]>>) => {
    const next = scopeOf({ ...scope, ...change });
    if (next) onChange(next);
  };
  const optionsOf = (items: readonly { id: string; name: string }[] | undefined) =>
    (items ?? []).map((item) => ({ value: item.id, label: item.name }));
  return (
    <div className={styles.scope}>
      <Select
        mode="multiple"
        size="small"
        aria-label={t('clustersOf', { name })}
        placeholder={t('clusters')}
        value={scope.clusters}
        options={optionsOf(clusters.data?.items)}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(ids: string[]) => set({ clusters: ids })}
      />
      <Select
        mode="multiple"
        size="small"
        aria-label={t('hostsOf', { name })}
        placeholder={t('hosts')}
        value={scope.hosts}
        options={optionsOf(hosts.data?.items)}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(ids: string[]) => set({ hosts: ids })}
      />
      <Select
        mode="multiple"
        size="small"
        aria-label={t('vmsOf', { name })}
        placeholder={t('vms')}
        value={scope.vms}
        options={optionsOf(vms.data?.items)}
        showSearch={{ filterOption: false, onSearch: setText }}
        onChange={(ids: string[]) => set({ vms: ids })}
      />
    </div>
  );
}
