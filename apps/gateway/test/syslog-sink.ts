/** A syslog server on loopback, by TLS or TCP, that takes frames apart as RFC 5425 says and refuses everything else. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { identityCreate, type KeyAndCertificate } from '@basalt/service';

export interface SyslogSink {
  readonly port: number;
  readonly messages: string[];
  readonly faults: string[];
  /** Cuts the next connections off after so many frames, as a server that dies. */
  cutAfter: number | null;
  readonly close: () => Promise<void>;
}

/** Header, structured data, byte order mark, text (RFC 5424, section 6). */
export const syslogForm =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) \[([^ =\]"]+)((?: [^ =\]"]+="(?:[^"\\\]]|\\["\\\]])*")*)\] \uFEFF(.*)$/su;

export async function syslogSinkOpen(authority: KeyAndCertificate | null, port = 0): Promise<SyslogSink> {
  const messages: string[] = [];
  const faults: string[] = [];
  const sockets = new Set<Socket>();
  const sink: { cutAfter: number | null } = { cutAfter: null };
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    let held = Buffer.alloc(0);
    let frames = 0;
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (part: Buffer) => {
      held = Buffer.concat([held, part]);
      for (;;) {
        const space = held.indexOf(0x20);
        if (space < 0) break;
        const length = held.subarray(0, space).toString('ascii');
        if (!/^[1-9]\d{0,5}$/u.test(length)) {
          faults.push(`not a length: ${length.slice(0, 20)}`);
          return void socket.destroy();
        }
        const end = space + 1 + Number(length);
        if (held.length < end) break;
        if (sink.cutAfter !== null && frames >= sink.cutAfter) return void socket.destroy();
        const message = held.subarray(space + 1, end).toString('utf8');
        if (!syslogForm.test(message)) faults.push(message);
        messages.push(message);
        frames += 1;
        held = held.subarray(end);
      }
    });
    socket.on('end', () => {
      if (held.length > 0) faults.push('half a frame');
    });
  };
  const identity =
    authority &&
    (await identityCreate(authority, {
      commonName: 'syslog',
      uri: 'basalt://test/syslog',
      ips: ['127.0.0.1'],
      hours: 1,
    }));
  const server: Server = identity
    ? createTlsServer({ key: identity.key, cert: identity.certificate }, serve)
    : createServer(serve);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return Object.assign(sink, {
    port: (server.address() as AddressInfo).port,
    messages,
    faults,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
}
