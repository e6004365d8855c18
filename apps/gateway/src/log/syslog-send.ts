/**
 * Hands messages to a syslog server. The protocol has no answers, so a connection is made for each batch and closed by us
 * first: that the server then closes too says that everything before has reached it. Whatever else happens, the batch is
 * sent again; a message may come twice, and its `seq` tells.
 */
import { connect as netConnect, isIP, type Socket } from 'node:net';
import { connect as tlsConnect, rootCertificates } from 'node:tls';
import type { SyslogSettings } from '@basalt/contract';

export type SyslogTarget = Pick<SyslogSettings, 'host' | 'port' | 'transport' | 'ca'>;

function open({ host, port, transport, ca }: SyslogTarget): { readonly socket: Socket; readonly ready: string } {
  if (transport === 'tcp') return { socket: netConnect({ host, port }), ready: 'connect' };
  return {
    socket: tlsConnect({
      host,
      port,
      minVersion: 'TLSv1.2',
      ...(isIP(host) ? {} : { servername: host }),
      ...(ca.trim() === '' ? {} : { ca: [...rootCertificates, ca] }),
    }),
    ready: 'secureConnect',
  };
}

/** Between the last byte and our end of the connection. */
const QUIET_MS = 200;

/** @throws Error when it is not certain that all of it arrived. */
export function syslogSend(
  target: SyslogTarget,
  frames: readonly Buffer[],
  deadlineMs: number,
  stop?: AbortSignal,
): Promise<void> {
  const { socket, ready } = open(target);
  return new Promise((resolve, reject) => {
    let isWritten = false;
    let farewell: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      clearTimeout(farewell);
      stop?.removeEventListener('abort', onStop);
      socket.destroy();
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    const onStop = (): void => fail(new Error('the service is ending'));
    const timer = setTimeout(
      () =>
        fail(
          new Error(
            isWritten
              ? 'the server did not close the connection in time'
              : 'the server did not take everything in time',
          ),
        ),
      deadlineMs,
    );
    stop?.addEventListener('abort', onStop, { once: true });
    socket.on('error', fail);
    socket.on('data', () => undefined);
    socket.once(ready, () => {
      socket.write(Buffer.concat(frames), () => {
        // a server that dies over what it reads closes too; it does so before we have asked it to
        farewell = setTimeout(() => socket.end(() => (isWritten = true)), QUIET_MS);
      });
    });
    socket.once('end', () => {
      // an end before ours is the server's own wish, and says nothing of what it has read
      if (!isWritten) return fail(new Error('the server closed the connection before it had everything'));
      settle();
      resolve();
    });
    socket.once('close', () => fail(new Error('the connection was lost')));
  });
}
