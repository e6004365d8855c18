'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { vmCreateInput } from '@basalt/contract';
import { useTRPCClient } from '@/api/client.ts';
import type { CreateInput } from './create-form.ts';

/** The latest value after it has not changed for `ms`. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/**
 * What creating would do, asked half a second after the last change. Secrets are not sent, and a name that is still to be
 * typed does not keep the answer away.
 */
export function usePreview(input: CreateInput, enabled: boolean) {
  const client = useTRPCClient();
  const { password: _password, sshKeys: _keys, requestToken: _token, ...rest } = input;
  const json = useSettled(JSON.stringify({ ...rest, name: rest.name === '' ? 'new-vm' : rest.name }), 500);
  const parsed = vmCreateInput.safeParse(JSON.parse(json));
  return useQuery({
    queryKey: ['vm-create-preview', json],
    queryFn: ({ signal }) => client.vm.preview.mutate(JSON.parse(json) as CreateInput, { signal }),
    enabled: enabled && parsed.success,
    placeholderData: keepPreviousData,
    staleTime: 5000,
    retry: false,
  });
}
