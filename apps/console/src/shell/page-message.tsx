'use client';
import { EmptyState } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';

/** A page that is not there. */
export function NotFoundMessage() {
  const c = useTranslations('common');
  return (
    <EmptyState title={c('pageNotFound')} actions={<Link href={paths.home()}>{c('toOverview')}</Link>}>
      {c('pageNotFoundWhy')}
    </EmptyState>
  );
}
