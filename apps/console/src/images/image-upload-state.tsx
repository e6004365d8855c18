'use client';
import { stateColor, stateIsTransition, stateLabel, type Image } from '@basalt/contract';
import { formatBytes, formatDuration, formatPercent, StateLabel } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { pickText } from '@/i18n/pick-text.ts';
import type { Upload } from './upload-manager.ts';
import { useUploads } from './use-uploads.ts';

/** The upload of an image by this tab, or undefined. */
export const useUploadOf = (id: string): Upload | undefined => useUploads().find((upload) => upload.id === id);

/** How far, how fast and how long: "41 / 66 GiB · 118 MiB/s · 3 min left". */
export function useUploadWords(): (upload: Upload) => string {
  const t = useTranslations('images.upload');
  const locale = useLocale();
  return (upload) => {
    const parts = [t('amount', { received: formatBytes(upload.received), size: formatBytes(upload.size) })];
    if (upload.state === 'sending' && upload.speed !== null && upload.speed > 0) {
      parts.push(t('speed', { speed: formatBytes(upload.speed) }));
      const left = ((upload.size - upload.received) / upload.speed) * 1000;
      if (left > 0) parts.push(t('left', { time: formatDuration(Math.max(1000, left), locale) }));
    } else if (upload.state !== 'sending') parts.push(t(`state.${upload.state}`));
    return parts.join(' · ');
  };
}

/** State of an image with the progress of its upload, and why it failed. */
export function ImageState({ image, reason = false }: { image: Image; reason?: boolean }) {
  const locale = useLocale();
  const t = useTranslations('images');
  const upload = useUploadOf(image.id);
  const uploading = image.state === 'uploading';
  const received = uploading ? Math.max(image.received, upload?.received ?? 0) : image.received;
  const share = uploading && image.fileSize > 0 ? received / image.fileSize : undefined;
  return (
    <StateLabel
      tone={stateColor('image', image.state)}
      {...(stateIsTransition('image', image.state) && share !== undefined
        ? { progress: share, progressLabel: t('progressOf', { name: image.name, share: formatPercent(share) }) }
        : {})}
      {...(reason && image.reason !== null ? { detail: pickText(image.reason, locale) } : {})}
    >
      {stateLabel('image', image.state, locale)}
    </StateLabel>
  );
}
