'use client';
/** One VNC connection: a fresh ticket, noVNC on it, and its state in words a person can act on. */
import type RFB from '@novnc/novnc';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTRPCClient } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { consoleTicket } from './console-ticket.ts';

export type ConnectionState = 'connecting' | 'connected' | 'closed';

interface Connection {
  state: ConnectionState;
  /** Why it is closed, when that is known. */
  reason: string | null;
  /** Pixels of the guest's screen. */
  size: { width: number; height: number } | null;
}

/** Connects while `enabled`; `reconnect` asks for a new ticket. The screen is drawn into the element of `frame`. */
export function useRfb(region: string, id: string, enabled: boolean) {
  const t = useTranslations('vm.console');
  const c = useTranslations('common');
  const locale = useLocale();
  const client = useTRPCClient();
  const frame = useRef<HTMLDivElement>(null);
  const rfb = useRef<RFB | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [connection, setConnection] = useState<Connection>({ state: 'connecting', reason: null, size: null });
  const words = useRef({ t, c, locale });
  useEffect(() => {
    words.current = { t, c, locale };
  });

  useEffect(() => {
    const target = frame.current;
    if (!enabled || !target) return undefined;
    let gone = false;
    let own: RFB | null = null;
    const watch = new MutationObserver(() => {
      const canvas = target.querySelector('canvas');
      if (!canvas) return;
      const { width, height } = canvas;
      setConnection((now) =>
        now.size?.width === width && now.size.height === height ? now : { ...now, size: { width, height } },
      );
    });
    const close = (reason: string | null) => {
      if (!gone) setConnection((now) => ({ ...now, state: 'closed', reason: now.reason ?? reason }));
    };
    const open = async () => {
      setConnection({ state: 'connecting', reason: null, size: null });
      const [ticket, { default: Rfb }] = await Promise.all([
        consoleTicket(client, region, id, 'vnc'),
        // Only in the browser: it touches `window` when it is loaded.
        import('@novnc/novnc'),
      ]);
      if (gone) return;
      let opened = false;
      own = new Rfb(target, ticket.url, { shared: true, wsProtocols: ticket.protocols });
      rfb.current = own;
      own.background = 'transparent';
      own.scaleViewport = true;
      const canvas = target.querySelector('canvas');
      canvas?.setAttribute('role', 'img');
      canvas?.setAttribute('aria-label', words.current.t('screen'));
      if (canvas) watch.observe(canvas, { attributes: true, attributeFilter: ['width', 'height'] });
      own.addEventListener('connect', () => {
        if (gone) return;
        opened = true;
        setConnection((now) => ({ ...now, state: 'connected', reason: null }));
        own?.focus();
      });
      own.addEventListener('securityfailure', ({ detail }) => close(detail.reason ?? words.current.t('refused')));
      own.addEventListener('disconnect', ({ detail }) => {
        // what has ended is not ended again when the next connection takes its place
        own = null;
        const late = !opened && ticket.expired();
        close(words.current.t(late ? 'ticketExpired' : detail.clean ? 'closedByGuest' : 'closedBroken'));
      });
    };
    open().catch((error: unknown) => close(readable(error, words.current.locale, words.current.c('noAnswer')).text));
    return () => {
      gone = true;
      watch.disconnect();
      rfb.current = null;
      own?.disconnect();
      target.replaceChildren();
    };
  }, [client, region, id, enabled, attempt]);

  const reconnect = useCallback(() => setAttempt((n) => n + 1), []);
  const send = useCallback((presses: readonly (readonly [number, string | null, boolean])[]) => {
    for (const [keysym, code, down] of presses) rfb.current?.sendKey(keysym, code, down);
    rfb.current?.focus();
  }, []);
  const scale = useCallback((fit: boolean) => {
    if (!rfb.current) return;
    rfb.current.scaleViewport = fit;
    rfb.current.clipViewport = !fit;
  }, []);
  const picture = useCallback(
    () => new Promise<Blob | null>((done) => (rfb.current ? rfb.current.toBlob(done, 'image/png') : done(null))),
    [],
  );
  return { frame, ...connection, reconnect, send, scale, picture };
}
