'use client';
import type { Vm } from '@basalt/contract';
import { createContext, use } from 'react';
import type { VmActionKey } from '@/actions/registry.ts';

export interface VmPageContext {
  vm: Vm;
  ask: (action: VmActionKey) => void;
  busy: VmActionKey | null;
}

const Context = createContext<VmPageContext | null>(null);
export const VmContextProvider = Context;

/** The VM of the page; tabs below its frame always have it. */
export function useVm(): VmPageContext {
  const value = use(Context);
  if (!value) throw new Error('useVm outside of the page of a VM');
  return value;
}
