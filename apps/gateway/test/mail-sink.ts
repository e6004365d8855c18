/** A real SMTP server on loopback that keeps what it takes, with certificates of an authority of its own. */
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { caCreate, identityCreate, type KeyAndCertificate } from '@basalt/service';

export interface SinkMail {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
  readonly user: string | null;
  readonly isEncrypted: boolean;
}

export interface MailSink {
  readonly port: number;
  readonly mails: SinkMail[];
  readonly close: () => Promise<void>;
}

export const SINK_USER = 'sender@basalt.test';
export const SINK_PASSWORD = 'Mail-S3cret-77';

export interface SinkOptions extends SMTPServerOptions {
  readonly authority?: KeyAndCertificate;
  readonly port?: number;
  /** Recipients with this local part are refused. */
  readonly refuse?: string;
}

const coded = (message: string, responseCode: number): Error => Object.assign(new Error(message), { responseCode });

export async function mailSinkOpen({ authority, port = 0, refuse, ...options }: SinkOptions = {}): Promise<MailSink> {
  const mails: SinkMail[] = [];
  const identity =
    authority &&
    (await identityCreate(authority, { commonName: 'mail', uri: 'basalt://test/mail', ips: ['127.0.0.1'], hours: 1 }));
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    ...(identity ? { key: identity.key, cert: identity.certificate } : { disabledCommands: ['STARTTLS'] }),
    onAuth: ({ username, password }, _session, done) =>
      username === SINK_USER && password === SINK_PASSWORD
        ? done(null, { user: username })
        : done(coded('Authentication failed: bad credentials', 535)),
    onRcptTo: ({ address }, _session, done) =>
      done(refuse && address.startsWith(`${refuse}@`) ? coded('No such mailbox here', 550) : null),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address).join(),
          raw: Buffer.concat(parts).toString('utf8'),
          user: session.user ?? null,
          isEncrypted: session.secure,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Takes connections and says nothing. */
export async function silentOpen(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<{ destroy: () => void }>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export const sinkAuthority = (): Promise<KeyAndCertificate> => caCreate('Mail CA');
