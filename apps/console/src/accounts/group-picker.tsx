'use client';
import { fieldHintId } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { can, useConsole } from '@/session/session.tsx';

interface GroupPickerProps {
  id: string;
  values: string[];
  placeholder: string;
  onChange: (ids: string[]) => void;
}

/** Account groups by name, searched on the platform. */
export function GroupPicker({ id, values, placeholder, onChange }: GroupPickerProps) {
  const trpc = useTRPC();
  const { session } = useConsole();
  const [text, setText] = useState('');
  const search = useDeferredValue(text);
  const groups = useQuery(
    trpc.accountGroup.list.queryOptions(
      { limit: 50, search },
      { enabled: can(session, 'accountGroup:read'), placeholderData: keepPreviousData },
    ),
  );
  return (
    <Select
      id={id}
      mode="multiple"
      aria-describedby={fieldHintId(id)}
      placeholder={placeholder}
      value={values}
      onChange={onChange}
      showSearch={{ filterOption: false, onSearch: setText }}
      options={(groups.data?.items ?? []).map((group) => ({ value: group.id as string, label: group.name }))}
    />
  );
}
