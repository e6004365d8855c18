'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** Whether the page's script is at work: false in what the server sends and in the first drawing over it. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
