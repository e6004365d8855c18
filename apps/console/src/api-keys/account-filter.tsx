'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import styles from './account-filter.module.css';

/** One account as a condition, searched on the platform. */
export function AccountFilter(props: {
  label: string;
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}) {
  const { label, value, onChange } = props;
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const search = useDeferredValue(text);
  const accounts = useQuery(
    trpc.account.list.queryOptions({ limit: 20, search }, { placeholderData: keepPreviousData }),
  );
  return (
    <Select
      size="small"
      allowClear
      className={styles.filter ?? ''}
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      showSearch={{ filterOption: false, onSearch: setText }}
      onChange={(id: string | null | undefined) => onChange(id ?? undefined)}
      options={(accounts.data?.items ?? []).map((account) => ({ value: account.id as string, label: account.email }))}
    />
  );
}
