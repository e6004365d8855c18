'use client';
import { formatRelative, LiveFoot, useNow } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { useStream } from '@/api/events.ts';

/** "live · 2 seconds ago" in the foot of a list. `updatedAt` is when the list itself was last read, in ms since 1970. */
export function LiveStatus({ updatedAt }: { updatedAt: number }) {
  const t = useTranslations('common.live');
  const locale = useLocale();
  const stream = useStream();
  const now = useNow();
  if (updatedAt === 0) return null;
  const at = Math.max(updatedAt, stream.state === 'live' ? (stream.at ?? 0) : 0);
  const time = formatRelative(new Date(Math.min(at, now)), new Date(now), locale);
  return (
    <LiveFoot tone={stream.state === 'live' ? 'ok' : 'warn'}>
      {stream.state === 'live' ? t('ago', { time }) : t('reconnecting', { time })}
    </LiveFoot>
  );
}
