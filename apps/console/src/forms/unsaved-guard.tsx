'use client';
import { ConfirmDialog } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';

/** The path of a link of this console that a plain click would follow, or null. */
export function linkPath(event: MouseEvent, here: Location): string | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return null;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download')) return null;
  const url = new URL(link.href, here.href);
  if (url.origin !== here.origin || url.pathname === here.pathname) return null;
  return url.pathname + url.search + url.hash;
}

/** Asks before a form with unsaved changes is left, by a link as well as by closing the page. */
export function UnsavedGuard({ active }: { active: boolean }) {
  const c = useTranslations('common');
  const t = useTranslations('loginPolicy.unsaved');
  const router = useRouter();
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    if (!active) return undefined;
    const close = (event: BeforeUnloadEvent) => event.preventDefault();
    const follow = (event: MouseEvent) => {
      const path = linkPath(event, window.location);
      if (path === null) return;
      event.preventDefault();
      event.stopPropagation();
      setWanted(path);
    };
    window.addEventListener('beforeunload', close);
    // Before the router hears of it.
    document.addEventListener('click', follow, true);
    return () => {
      window.removeEventListener('beforeunload', close);
      document.removeEventListener('click', follow, true);
    };
  }, [active]);
  return (
    <ConfirmDialog
      open={wanted !== null}
      danger
      title={t('title')}
      facts={[{ key: 'lost', tone: 'warn', text: t('lost') }]}
      confirmLabel={t('leave')}
      cancelLabel={t('stay')}
      closeLabel={c('close')}
      onCancel={() => setWanted(null)}
      onConfirm={() => {
        const path = wanted;
        setWanted(null);
        if (path !== null) router.push(path);
      }}
    />
  );
}
