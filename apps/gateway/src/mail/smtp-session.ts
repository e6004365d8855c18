/**
 * One mail to one server, stage by stage, so that a failure says where it happened: name, connection, encryption, sign-in,
 * sender, recipient, content. Encryption that was asked for is never given up; every stage has a deadline and all of it one.
 */
import { lookup } from 'node:dns/promises';
import { connect as netConnect, isIP, type Socket } from 'node:net';
import { connect as tlsConnect, rootCertificates } from 'node:tls';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailVerdict } from '@basalt/contract';
import type { MailAccess } from './settings.ts';

export type MailStage = Exclude<MailVerdict['stage'], 'sent'>;

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Without angle brackets; the same for every try, so that whoever gets it twice can tell. */
  readonly messageId?: string;
}

/** A mail that did not go out. */
export class MailFailure extends Error {
  override readonly name = 'MailFailure';
  readonly stage: MailStage;
  /** `timeout`, `tls` (not offered or not trusted), `refused` by what the server said, or `failed`. */
  readonly why: 'timeout' | 'tls' | 'refused' | 'failed';
  /** What the server said. */
  readonly answer: string | null;
  /** The server will not take it later either. */
  readonly isFinal: boolean;

  constructor(stage: MailStage, why: MailFailure['why'], answer: string | null, isFinal: boolean, cause: unknown) {
    super(`mail failed at ${stage}: ${answer ?? (cause instanceof Error ? cause.message : why)}`, { cause });
    this.stage = stage;
    this.why = why;
    this.answer = answer;
    this.isFinal = isFinal;
  }
}

export interface MailDeadlines {
  /** Of each stage and of the whole, in milliseconds. */
  readonly stageMs: number;
  readonly totalMs: number;
}
export const mailDeadlines: MailDeadlines = { stageMs: 10_000, totalMs: 30_000 };

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined;

const textField = (error: unknown, name: string): string => {
  const value = field(error, name);
  return typeof value === 'string' ? value : '';
};

/** The server's words, one line, without the password should it send it back. */
function wordsOf(error: unknown, password: string | null): string | null {
  const response = textField(error, 'response');
  if (response === '') return null;
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is cut out
  let words = response.replaceAll(/[\u0000-\u001F\u007F]+/gu, ' ').trim();
  for (const secret of password ? [password, Buffer.from(password).toString('base64')] : [])
    words = words.replaceAll(secret, '***');
  return words.slice(0, 500);
}

const tlsTrouble = /certificate|self.signed|altname|\bTLS\b|\bSSL\b|wrong version number|handshake/iu;
const byCommand: readonly (readonly [RegExp, MailStage])[] = [
  [/^STARTTLS/u, 'tls'],
  [/^AUTH/u, 'auth'],
  [/^MAIL FROM/u, 'sender'],
  [/^RCPT TO/u, 'recipient'],
  [/^DATA/u, 'content'],
];

function failureOf(error: unknown, at: MailStage, password: string | null): MailFailure {
  if (error instanceof MailFailure) return error;
  const command = textField(error, 'command');
  const code = textField(error, 'code');
  const message = error instanceof Error ? error.message : String(error);
  const isTls =
    code === 'ETLS' || (at !== 'resolve' && tlsTrouble.test(message) && !/^(MAIL|RCPT|DATA|AUTH)/u.test(command));
  const stage = isTls ? 'tls' : (byCommand.find(([pattern]) => pattern.test(command))?.[1] ?? at);
  const answer = wordsOf(error, password);
  const status = Number(field(error, 'responseCode') ?? 0);
  const isTimeout = code === 'ETIMEDOUT';
  const why = isTimeout ? 'timeout' : isTls ? 'tls' : answer === null ? 'failed' : 'refused';
  const isFinal = status >= 500 && (stage === 'recipient' || stage === 'content' || stage === 'sender');
  return new MailFailure(stage, why, answer, isFinal, error);
}

/** The first of `work` and the deadline. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const opened = (socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once(event, () => {
      socket.off('error', reject);
      resolve();
    });
    socket.once('error', reject);
  });

/** With a private authority beside the public ones. */
const authorities = (ca: string): { ca?: string[] } => (ca.trim() === '' ? {} : { ca: [...rootCertificates, ca] });

/**
 * Sends it. `stop` ends it where it stands.
 * @returns what the server said when it took the mail.
 * @throws MailFailure.
 */
export async function mailSend(
  server: MailAccess,
  letter: Letter,
  { stageMs, totalMs }: MailDeadlines = mailDeadlines,
  stop?: AbortSignal,
): Promise<string> {
  const { host, port, security, user, password } = server;
  let stage: MailStage = 'resolve';
  let socket: Socket | null = null;
  let session: SMTPConnection | null = null;

  const converse = async (): Promise<string> => {
    const addresses = await within(stageMs, lookup(host, { all: true }));
    stage = 'connect';
    socket = netConnect({
      host,
      port,
      autoSelectFamily: true,
      lookup: (_name, options, done) =>
        options.all ? done(null, addresses) : done(null, addresses[0]?.address ?? '', addresses[0]?.family),
    });
    await within(stageMs, opened(socket, 'connect'));
    const names = {
      host,
      ...(isIP(host) ? {} : { servername: host }),
      minVersion: 'TLSv1.2',
      ...authorities(server.ca),
    } as const;
    if (security === 'ssl') {
      stage = 'tls';
      socket = tlsConnect({ socket, ...names });
      await within(stageMs, opened(socket, 'secureConnect'));
      stage = 'connect';
    }
    const smtp = new SMTPConnection({
      connection: socket,
      host,
      port,
      secure: security === 'ssl',
      secured: security === 'ssl',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: names,
      connectionTimeout: stageMs,
      greetingTimeout: stageMs,
      socketTimeout: stageMs,
    });
    session = smtp;
    /** One step of the conversation; an error that comes by itself ends it too. */
    const step = <T>(
      run: (done: (error: Error | null | undefined, given?: T) => void) => void,
    ): Promise<T | undefined> =>
      within(
        stageMs,
        new Promise((resolve, reject) => {
          smtp.once('error', reject);
          run((error, given) => {
            smtp.off('error', reject);
            if (error) reject(error);
            else resolve(given);
          });
        }),
      );
    smtp.on('error', () => undefined);
    await step((done) => smtp.connect((error?: Error | null) => done(error)));
    if (user !== '') {
      stage = 'auth';
      await step((done) => smtp.login({ user, pass: password ?? '' }, (error?: Error | null) => done(error)));
    }
    stage = 'sender';
    const message = await new MailComposer({
      from: server.sender,
      to: letter.to,
      subject: [server.subjectPrefix, letter.subject].filter(Boolean).join(' '),
      text: letter.text,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(letter.messageId ? { messageId: `<${letter.messageId}>` } : {}),
      headers: { 'auto-submitted': 'auto-generated' },
    })
      .compile()
      .build();
    const info = await step<{ response: string }>((done) =>
      smtp.send({ from: server.sender, to: [letter.to] }, message, (error, given) => done(error, given)),
    );
    smtp.quit();
    return wordsOf(info, password) ?? '';
  };

  const work = converse();
  // whoever loses the race below still ends somewhere
  work.catch(() => undefined);
  const ended = new Promise<never>((_, reject) => {
    const end = (): void => reject(new MailFailure(stage, 'failed', null, false, new Error('the service is ending')));
    if (stop?.aborted) end();
    else stop?.addEventListener('abort', end, { once: true });
  });
  ended.catch(() => undefined);
  try {
    return await within(totalMs, Promise.race([work, ended]));
  } catch (error) {
    const failure = failureOf(error, stage, password);
    (session as SMTPConnection | null)?.close();
    (socket as Socket | null)?.destroy();
    throw failure;
  }
}
