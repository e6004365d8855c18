/** How far a mail came, in words for whoever sets mail up. */
import type { Locale, MailVerdict, Text } from '@basalt/contract';
import { fill } from '@basalt/contract';
import type { MailFailure, MailStage } from './smtp-session.ts';

const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, 'en-US': en });

const failed: Readonly<Record<MailStage, Text>> = {
  resolve: text('无法解析服务器名称 {host}', 'The name {host} cannot be resolved'),
  connect: text(
    '无法连接 {host}:{port}，请检查地址、端口与加密方式',
    'No connection to {host}:{port}; check address, port and encryption',
  ),
  tls: text('加密连接失败：{reason}', 'The encrypted connection failed: {reason}'),
  auth: text('服务器拒绝登录，请检查账号与密码', 'The server refused the sign-in; check user and password'),
  sender: text('服务器拒绝发件人 {sender}', 'The server refused the sender {sender}'),
  recipient: text('服务器拒绝收件人 {to}', 'The server refused the recipient {to}'),
  content: text('服务器拒绝邮件内容', 'The server refused the message'),
};
const late: Readonly<Record<'connect' | 'later', Text>> = {
  connect: text('{host}:{port} 未在限定时间内应答', '{host}:{port} did not answer in time'),
  later: text(
    '服务器已连接，但未在限定时间内应答（{stage}）',
    'The server is connected but did not answer in time ({stage})',
  ),
};
const stages: Readonly<Record<MailStage, Text>> = {
  resolve: text('解析名称', 'resolving the name'),
  connect: text('连接', 'connecting'),
  tls: text('加密', 'encryption'),
  auth: text('登录', 'sign-in'),
  sender: text('发件人', 'sender'),
  recipient: text('收件人', 'recipient'),
  content: text('内容', 'content'),
};
const tlsReasons: readonly (readonly [RegExp, Text])[] = [
  [
    /self.signed|unable to (get|verify)|issuer/iu,
    text(
      '服务器证书不受信任，可填写其 CA 证书',
      'its certificate is not trusted; give the certificate of its authority',
    ),
  ],
  [/altname|does not match/iu, text('服务器证书与名称不符', 'its certificate is for another name')],
  [/expired/iu, text('服务器证书已过期', 'its certificate has expired')],
  [/wrong version|packet length|unknown protocol/iu, text('该端口不是 SSL 端口', 'this port does not speak SSL')],
  [/STARTTLS/iu, text('服务器不支持 STARTTLS', 'the server does not offer STARTTLS')],
];

const reasonOf = ({ cause, message }: MailFailure, locale: Locale): string => {
  const words = `${message} ${cause instanceof Error ? cause.message : ''}`;
  const known = tlsReasons.find(([pattern]) => pattern.test(words));
  return known ? known[1][locale] : cause instanceof Error ? cause.message.slice(0, 200) : message;
};

export interface VerdictAbout {
  readonly host: string;
  readonly port: number;
  readonly sender: string;
  readonly to: string;
}

/** The verdict on a failure. */
export function failureTold(failure: MailFailure, about: VerdictAbout, locale: Locale): MailVerdict {
  const { stage, why, answer } = failure;
  const template = why === 'timeout' ? (stage === 'connect' ? late.connect : late.later) : failed[stage];
  const params = { ...about, stage: stages[stage][locale], reason: reasonOf(failure, locale) };
  return { ok: false, stage, text: fill(template[locale], params), answer };
}

/** The verdict on a mail that the server took. */
export const successTold = (answer: string, { to }: VerdictAbout, locale: Locale): MailVerdict => ({
  ok: true,
  stage: 'sent',
  text: fill(text('服务器已接受发往 {to} 的测试邮件', 'The server took the test mail for {to}')[locale], { to }),
  answer: answer === '' ? null : answer,
});

/** The test mail itself. */
export const testLetter = (locale: Locale): { subject: string; text: string } => ({
  subject: text('测试邮件', 'Test mail')[locale],
  text: text(
    '这是一封测试邮件。收到它说明邮箱设置可用。\n',
    'This is a test mail. That you received it shows that the mail settings work.\n',
  )[locale],
});
