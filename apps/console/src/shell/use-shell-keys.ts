'use client';
import { usePageKeys } from '@basalt/ui';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { navigation } from './navigation.tsx';

/** Ctrl/⌘-K, `?`, `c` for what the page creates, and `g` followed by a page's letter within a second. */
export function useShellKeys(region: string, onPalette: () => void, onHelp: () => void, createPath?: string): void {
  const router = useRouter();
  const prefixAt = useRef(0);
  usePageKeys((key) => {
    if (Date.now() - prefixAt.current < 1000) {
      prefixAt.current = 0;
      const page = navigation.flatMap((service) => service.pages).find((item) => item.letter === key);
      if (page) router.push(page.path(region));
      return page !== undefined;
    }
    if (key === 'g') prefixAt.current = Date.now();
    else if (key === '?') onHelp();
    else if (key === 'c' && createPath !== undefined) router.push(createPath);
    else return false;
    return true;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      onPalette();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onPalette]);
}
