'use client';
import { ActionButton, ErrorState } from '@basalt/ui';
import { useTranslations } from 'next-intl';

/** A page that threw: the shell stays, and the rest of the console with it. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  const c = useTranslations('common');
  return (
    <ErrorState
      title={c('pageFailed')}
      why={c('pageFailedWhy')}
      retry={<ActionButton onClick={reset}>{c('retry')}</ActionButton>}
    />
  );
}
