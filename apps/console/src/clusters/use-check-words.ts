'use client';
import { useTranslations } from 'next-intl';

/** The checks of Ceph that have words in messages/<locale>/clusters.json under `check`. */
const known = [
  'OSD_DOWN',
  'OSD_HOST_DOWN',
  'PG_DEGRADED',
  'PG_AVAILABILITY',
  'MON_DOWN',
  'OSD_NEARFULL',
  'OSD_FULL',
  'POOL_NEARFULL',
  'POOL_FULL',
  'SLOW_OPS',
  'MON_CLOCK_SKEW',
  'POOL_NO_REDUNDANCY',
  'TOO_FEW_OSDS',
  'OSDMAP_FLAGS',
  'RECENT_CRASH',
] as const;

/** What a health check of Ceph means for the operator; an unknown one is quoted. */
export function useCheckWords(): (code: string, message: string) => string {
  const t = useTranslations('clusters.check');
  return (code, message) => {
    const found = known.find((item) => item === code);
    return found === undefined ? t('other', { message }) : t(found);
  };
}
