'use client';
import { fieldHintId } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTRPC } from '@/api/client.ts';

export interface Member {
  id: string;
  name: string;
  email: string;
}

interface MemberPickerProps {
  id: string;
  members: readonly Member[];
  placeholder: string;
  failed: boolean;
  onChange: (members: Member[]) => void;
}

/** Accounts by name or e-mail address, searched on the platform; who is chosen keeps his name. */
export function MemberPicker({ id, members, placeholder, failed, onChange }: MemberPickerProps) {
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const search = useDeferredValue(text);
  const accounts = useQuery(
    trpc.account.list.queryOptions({ limit: 50, search }, { placeholderData: keepPreviousData }),
  );
  const known = new Map<string, Member>([
    ...(accounts.data?.items ?? []).map((account) => [account.id, account] as const),
    ...members.map((member) => [member.id, member] as const),
  ]);
  return (
    <Select
      id={id}
      mode="multiple"
      aria-describedby={fieldHintId(id)}
      status={failed ? 'error' : ''}
      placeholder={placeholder}
      loading={accounts.isPending}
      maxTagCount={30}
      value={members.map((member) => member.id)}
      showSearch={{ filterOption: false, onSearch: setText }}
      onChange={(ids: string[]) => onChange(ids.flatMap((key) => known.get(key) ?? []))}
      optionLabelProp="title"
      options={[...known.values()].map((member) => ({
        value: member.id,
        title: member.name,
        label: (
          <>
            {member.name} <span className="bs-tertiary">{member.email}</span>
          </>
        ),
      }))}
    />
  );
}
