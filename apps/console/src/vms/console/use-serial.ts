'use client';
/** The guest's serial line in a terminal: a fresh ticket, one WebSocket of bytes both ways, xterm.js on it. */
import '@xterm/xterm/css/xterm.css';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTRPCClient } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { consoleTicket } from './console-ticket.ts';
import type { ConnectionState } from './use-rfb.ts';

interface Connection {
  state: ConnectionState;
  /** Why it is closed, when that is known. */
  reason: string | null;
}

const normalClosure = 1000;
/** The agent's word for "the guest's line has ended". */
const lineEnded = 4410;
const scrollback = 5000;

/** Connects while `enabled`; `reconnect` asks for a new ticket. The terminal is drawn into the element of `frame`. */
export function useSerial(region: string, id: string, enabled: boolean) {
  const t = useTranslations('vm.console');
  const c = useTranslations('common');
  const locale = useLocale();
  const client = useTRPCClient();
  const frame = useRef<HTMLDivElement>(null);
  const [attempt, setAttempt] = useState(0);
  const [connection, setConnection] = useState<Connection>({ state: 'connecting', reason: null });
  const words = useRef({ t, c, locale });
  useEffect(() => {
    words.current = { t, c, locale };
  });

  useEffect(() => {
    const target = frame.current;
    if (!enabled || !target) return undefined;
    let gone = false;
    const undo: (() => void)[] = [];
    const close = (reason: string) => {
      if (!gone) setConnection({ state: 'closed', reason });
    };
    const open = async () => {
      setConnection({ state: 'connecting', reason: null });
      const [ticket, { Terminal }, { FitAddon }] = await Promise.all([
        consoleTicket(client, region, id, 'serial'),
        // Only in the browser: they touch `window` when they are loaded.
        import('@xterm/xterm'),
        import('@xterm/addon-fit'),
      ]);
      if (gone) return;
      const terminal = new Terminal({
        scrollback,
        cursorBlink: true,
        screenReaderMode: true,
        fontFamily: getComputedStyle(target).getPropertyValue('--font-mono') || 'monospace',
        fontSize: 13,
        theme: { background: '#0b0c0f' },
      });
      const fit = new FitAddon();
      terminal.loadAddon(fit);
      terminal.open(target);
      terminal.textarea?.setAttribute('aria-label', words.current.t('serialLine'));
      fit.fit();
      const resize = new ResizeObserver(() => fit.fit());
      resize.observe(target);
      const socket = new WebSocket(ticket.url, ticket.protocols);
      socket.binaryType = 'arraybuffer';
      undo.push(() => {
        resize.disconnect();
        socket.close();
        terminal.dispose();
      });
      const encoder = new TextEncoder();
      let opened = false;
      socket.addEventListener('open', () => {
        if (gone) return;
        opened = true;
        setConnection({ state: 'connected', reason: null });
        terminal.focus();
      });
      socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => terminal.write(new Uint8Array(data)));
      socket.addEventListener('close', ({ code }) => {
        const clean = code === normalClosure || code === lineEnded;
        close(
          words.current.t(!opened && ticket.expired() ? 'ticketExpired' : clean ? 'closedByGuest' : 'closedBroken'),
        );
      });
      terminal.onData((text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(encoder.encode(text));
      });
      terminal.onBinary((text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(text, (char) => char.charCodeAt(0)));
      });
    };
    open().catch((error: unknown) => close(readable(error, words.current.locale, words.current.c('noAnswer')).text));
    return () => {
      gone = true;
      for (const end of undo) end();
      target.replaceChildren();
    };
  }, [client, region, id, enabled, attempt]);

  const reconnect = useCallback(() => setAttempt((n) => n + 1), []);
  return { frame, ...connection, reconnect };
}
