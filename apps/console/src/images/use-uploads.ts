'use client';
import { useEffect, useSyncExternalStore } from 'react';
import { uploads, type Upload } from './upload-manager.ts';

const none: readonly Upload[] = [];

/** The uploads of this tab, current. */
export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(uploads.subscribe, uploads.list, () => none);
}

/** Asks before the tab is closed while bytes are on their way: that stops them, though they can be gone on with. */
export function useUploadGuard(): void {
  const busy = useUploads().some((upload) => upload.state === 'sending' || upload.state === 'waiting');
  useEffect(() => {
    if (!busy) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [busy]);
}
