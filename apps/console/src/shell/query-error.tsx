'use client';
import { ActionButton, ErrorState, iconProps } from '@basalt/ui';
import { RotateCw } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { readable } from '@/api/errors.ts';

interface QueryErrorProps {
  /** What could not be read or done. */
  title: React.ReactNode;
  error: unknown;
  onRetry?: () => void;
  facts?: readonly { label: React.ReactNode; value: React.ReactNode }[];
}

/** A failed call in the designed form: what, why, request id, retry. */
export function QueryError({ title, error, onRetry, facts = [] }: QueryErrorProps) {
  const c = useTranslations('common');
  const locale = useLocale();
  const found = readable(error, locale, c('noAnswer'));
  return (
    <ErrorState
      title={title}
      why={found.text}
      facts={facts}
      requestId={
        found.requestId === null
          ? undefined
          : {
              label: c('requestId'),
              id: found.requestId,
              copyLabel: c('copyValue', { value: found.requestId }),
              copiedLabel: c('copied'),
            }
      }
      retry={
        onRetry && (
          <ActionButton icon={<RotateCw {...iconProps(14)} />} onClick={onRetry}>
            {c('retry')}
          </ActionButton>
        )
      }
    />
  );
}
