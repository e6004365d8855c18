/** A mail server in the test's own process: takes everything, keeps it, and refuses what a test wants refused. */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Api } from './platform.ts';

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly subject: string;
  /** Plain text, decoded. */
  readonly text: string;
}

export interface MailSink {
  readonly port: number;
  readonly mails: ReceivedMail[];
  readonly close: () => Promise<void>;
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replaceAll(/=\r?\n/gu, '')
    .replaceAll(/=([0-9A-F]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const word = (text: string): string =>
  text.replaceAll(/=\?utf-8\?([BQ])\?([^?]*)\?=\s*/giu, (_, way: string, value: string) =>
    way.toUpperCase() === 'B' ? decoded(value, 'base64') : decoded(value.replaceAll('_', ' '), 'quoted-printable'),
  );

/** Headers and the first plain text of a message, whatever it is wrapped in. */
function messageRead(raw: string): { subject: string; text: string } {
  const [head = '', ...rest] = raw.split(/\r?\n\r?\n/u);
  const body = rest.join('\r\n\r\n');
  const header = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*(?:\\r?\\n[ \\t].*)*)`, 'imu').exec(head)?.[1]?.replaceAll(/\r?\n[ \t]/gu, ' ') ?? '';
  const boundary = /boundary="?([^";]+)"?/iu.exec(header('content-type'))?.[1];
  const subject = word(header('subject'));
  if (boundary === undefined)
    return { subject, text: decoded(body, header('content-transfer-encoding').trim().toLowerCase()) };
  const parts = body.split(`--${boundary}`).map((part) => messageRead(part.replace(/^\r?\n/u, '')));
  return { subject, text: parts.map(({ text }) => text).find((text) => text.includes('http')) ?? parts[1]?.text ?? '' };
}

/** Listens on a loopback port of its own choice. */
export async function mailSink(options: SMTPServerOptions = {}): Promise<MailSink> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    ...options,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { subject, text } = messageRead(Buffer.concat(chunks).toString('utf8'));
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), subject, text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

/** Sends the platform's mail to the sink; answers how it is put back as it was. */
export async function mailThrough(api: Api, { port }: Pick<MailSink, 'port'>): Promise<() => Promise<void>> {
  const before = await api.mail.get({});
  const { version: _version, updatedAt: _updatedAt, hasPassword: _hasPassword, ...server } = before;
  const set = async (settings: Parameters<Api['mail']['update']>[0]) => {
    await api.mail.update(settings);
  };
  await set({
    enabled: true,
    host: '127.0.0.1',
    port,
    security: 'none',
    user: '',
    password: null,
    sender: 'basalt@basalt.test',
    subjectPrefix: '[e2e]',
    ca: '',
    version: before.version,
  });
  return async () => {
    const { version } = await api.mail.get({});
    // A password goes to no other server than it was given for; what it was, nobody can read.
    await set({ ...server, sender: server.sender ?? 'basalt@basalt.test', password: null, version });
  };
}
