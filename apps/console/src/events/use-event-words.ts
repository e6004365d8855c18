'use client';
import type { ResourceEvent } from '@basalt/contract';
import { useLocale, useTranslations } from 'next-intl';
import { pickText } from '@/i18n/pick-text.ts';

/** The keys of messages/<locale>/events.json under `type`: dots of the type become underscores. */
const known = [
  'vm_created',
  'vm_started',
  'vm_stopped',
  'vm_crashed',
  'vm_paused',
  'vm_resumed',
  'vm_deleted',
  'vm_undeleted',
  'vm_destroyed',
  'vm_rebooted',
  'vm_reset',
  'vm_taskFailed',
  'vm_taskCancelled',
  'vm_foundRunning',
  'vm_poweredOff',
  'vm_shutDown',
  'vm_ioError',
  'vm_domainGone',
  'vm_hostLost',
  'vm_portRepaired',
  'vm_guestPoweredOff',
  'vm_stoppedOnHost',
  'host_joined',
  'host_enrolled',
  'host_enrolFailed',
  'host_removed',
  'host_unreachable',
  'host_back',
  'host_rebooted',
  'host_libvirtLost',
  'host_locked',
  'host_unlocked',
  'image_imported',
  'image_importFailed',
  'image_deleted',
  'image_uploadAbandoned',
  'network_created',
  'network_updated',
  'network_deleted',
  'network_failed',
  'disk_missing',
] as const;

/** What happened, in words; a type without words is shown as it is. */
export function useEventWords(): (event: ResourceEvent) => { title: string; detail: string | undefined } {
  const t = useTranslations('events');
  const locale = useLocale();
  return (event) => {
    const key = known.find((item) => item === event.type.replace('.', '_'));
    const { reason, host } = event.params;
    const detail = reason ?? host;
    return {
      title: key === undefined ? event.type : t(`type.${key}`),
      detail: detail === undefined || detail === '' ? undefined : pickText(String(detail), locale),
    };
  };
}
