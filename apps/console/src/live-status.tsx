'use client';
import { formatRelative, LiveFoot, useNow } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { useStream } from '@/api/events.ts';

/** When a list was read that no event stream follows, and a way to read it again. */
export function ReadStatus({ updatedAt, onRefresh }: { updatedAt: number; onRefresh: () => void }) {
  const t = useTranslations('common');
  const locale = useLocale();
  const now = useNow();
  if (updatedAt === 0) return null;
  return (
    <LiveFoot tone="off" resort={{ text: null, action: t('refresh'), onResort: onRefresh }}>
      {t('live.read', { time: formatRelative(new Date(Math.min(updatedAt, now)), new Date(now), locale) })}
    </LiveFoot>
  );
}

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
