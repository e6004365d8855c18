/**
 * Uploads of images. They live outside React, so that leaving a page does not end them, and go in chunks at an offset the
 * server confirms, so that a lost connection, a closed tab or a restarted server costs one chunk at most.
 */
import { errorShape, type ErrorShape } from '@basalt/contract';
import { endpoints } from '@/paths.ts';

export const chunkSize = 8 * 1024 * 1024;
const chunkDeadline = 5 * 60_000;
const tries = 6;

export type UploadState = 'sending' | 'waiting' | 'paused' | 'failed' | 'done';

export interface Upload {
  readonly region: string;
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly received: number;
  readonly state: UploadState;
  /** Bytes per second over the last chunks; null until one has arrived. */
  readonly speed: number | null;
  /** Why it failed or what it waits for; null = the network gave no answer. */
  readonly error: ErrorShape | null;
}

/** How bytes leave; exchanged in tests. */
export interface UploadPort {
  send: (url: string, chunk: Blob, signal: AbortSignal) => Promise<Response>;
  /** Waits before the next try; ends at once when the signal does. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  now: () => number;
}

const browserPort: UploadPort = {
  send: (url, body, signal) =>
    fetch(url, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/octet-stream' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(chunkDeadline)]),
    }),
  pause: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
  now: () => Date.now(),
};

/** The error of a refused chunk: the gateway sends the shape itself or wraps it. */
async function refusalOf(answer: Response): Promise<ErrorShape | null> {
  try {
    const body: unknown = await answer.json();
    const inner = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
    const parsed = errorShape.safeParse(inner);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

type Sent = { kind: 'ok' } | { kind: 'moved'; received: number } | { kind: 'error'; error: ErrorShape | null };

export interface UploadManager {
  /** Begins, or goes on at `received` with the same file chosen again. */
  start: (what: { region: string; id: string; name: string; file: Blob; received?: number }) => void;
  pause: (id: string) => void;
  resume: (id: string) => void;
  /** Stops and forgets; the server is told by the caller. */
  forget: (id: string) => void;
  list: () => readonly Upload[];
  subscribe: (listener: () => void) => () => void;
}

/** Makes a manager; the console has one, {@link uploads}. */
export function createUploadManager(port: UploadPort = browserPort, size = chunkSize): UploadManager {
  const held = new Map<string, { upload: Upload; file: Blob; stop: AbortController }>();
  const listeners = new Set<() => void>();
  let shown: readonly Upload[] = [];
  const tell = () => {
    shown = [...held.values()].map((item) => item.upload);
    for (const listener of listeners) listener();
  };
  const set = (id: string, change: Partial<Upload>) => {
    const item = held.get(id);
    if (!item) return;
    item.upload = { ...item.upload, ...change };
    tell();
  };

  const sendChunk = async (upload: Upload, file: Blob, signal: AbortSignal): Promise<Sent> => {
    const chunk = file.slice(upload.received, Math.min(upload.size, upload.received + size));
    try {
      const answer = await port.send(endpoints.imageContent(upload.region, upload.id, upload.received), chunk, signal);
      if (answer.ok) return { kind: 'ok' };
      const error = await refusalOf(answer);
      const received = error?.code === 'uploadOffset' ? Number(error.params['received']) : Number.NaN;
      return Number.isSafeInteger(received) && received !== upload.received
        ? { kind: 'moved', received }
        : { kind: 'error', error };
    } catch {
      return { kind: 'error', error: null };
    }
  };

  const run = async (id: string): Promise<void> => {
    const item = held.get(id);
    if (!item) return;
    const stop = new AbortController();
    item.stop = stop;
    set(id, { state: 'sending', error: null });
    let failures = 0;
    while (!stop.signal.aborted && item.upload.received < item.upload.size) {
      const from = item.upload.received;
      const began = port.now();
      // One chunk at a time and in order, as the procedure demands.
      const sent = await sendChunk(item.upload, item.file, stop.signal);
      if (stop.signal.aborted) return;
      if (sent.kind === 'ok') {
        failures = 0;
        const received = Math.min(item.upload.size, from + size);
        const rate = ((received - from) * 1000) / Math.max(1, port.now() - began);
        const speed = item.upload.speed === null ? rate : item.upload.speed * 0.7 + rate * 0.3;
        set(id, { received, speed, state: 'sending', error: null });
        continue;
      }
      failures += 1;
      if (sent.kind === 'moved' && failures < tries) {
        set(id, { received: sent.received });
        continue;
      }
      const error = sent.kind === 'error' ? sent.error : null;
      // What the server refuses for good does not get better by asking again; no answer may.
      if ((error !== null && !error.retryable) || failures >= tries)
        return set(id, { state: 'failed', error, speed: null });
      set(id, { state: 'waiting', error, speed: null });
      await port.pause(Math.min(30_000, 500 * 2 ** failures), stop.signal);
    }
    if (!stop.signal.aborted) set(id, { state: 'done', speed: null });
  };

  return {
    start({ region, id, name, file, received = 0 }) {
      held.get(id)?.stop.abort();
      held.set(id, {
        upload: { region, id, name, size: file.size, received, state: 'sending', speed: null, error: null },
        file,
        stop: new AbortController(),
      });
      void run(id);
    },
    pause(id) {
      held.get(id)?.stop.abort();
      set(id, { state: 'paused', speed: null });
    },
    resume(id) {
      const state = held.get(id)?.upload.state;
      if (state === 'paused' || state === 'failed') void run(id);
    },
    forget(id) {
      held.get(id)?.stop.abort();
      held.delete(id);
      tell();
    },
    list: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The uploads of this tab. */
export const uploads = createUploadManager();
