'use client';
import { errorText, type Image } from '@basalt/contract';
import { ActionButton, formatBytes, useToast } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { useRef } from 'react';
import { actionReason, imageActions, objectActionLabel } from '@/actions/registry.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { uploads } from './upload-manager.ts';
import { useUploadOf } from './image-upload-state.tsx';

/** Pause, go on, or choose the same file again after a reload. Nothing while there is nothing to control. */
export function UploadControls({ region, image }: { region: string; image: Image }) {
  const t = useTranslations('images.upload');
  const locale = useLocale();
  const toast = useToast();
  const permissionReason = usePermissionReason();
  const input = useRef<HTMLInputElement>(null);
  const upload = useUploadOf(image.id);
  if (image.state !== 'uploading') return null;
  if (upload && (upload.state === 'sending' || upload.state === 'waiting'))
    return (
      <ActionButton size="small" kind="link" onClick={() => uploads.pause(image.id)}>
        {t('pause')}
      </ActionButton>
    );
  if (upload && (upload.state === 'paused' || upload.state === 'failed'))
    return (
      <ActionButton size="small" kind="link" onClick={() => uploads.resume(image.id)}>
        {t('resume')}
      </ActionButton>
    );
  if (upload) return null;
  return (
    <>
      <ActionButton
        size="small"
        kind="link"
        reason={actionReason(imageActions.resumeUpload, image.state, locale, permissionReason)}
        onClick={() => input.current?.click()}
      >
        {objectActionLabel(imageActions.resumeUpload, locale)}
      </ActionButton>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('sameFile', { name: image.name })}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (!file) return;
          if (file.size !== image.fileSize) {
            toast({
              tone: 'err',
              title: t('otherFile'),
              description: t('otherFileWhy', { wanted: formatBytes(image.fileSize), found: formatBytes(file.size) }),
              duration: 10,
            });
            return;
          }
          uploads.start({ region, id: image.id, name: image.name, file, received: image.received });
        }}
      />
    </>
  );
}

/** Why an upload of this tab stopped, in full. */
export function useUploadError(image: Image): string | undefined {
  const locale = useLocale();
  const t = useTranslations('common');
  const upload = useUploadOf(image.id);
  if (upload?.state !== 'failed') return undefined;
  return upload.error === null ? t('noAnswer') : errorText(upload.error.code, upload.error.params, locale);
}
