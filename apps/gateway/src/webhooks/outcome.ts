/** What became of a message, in words of both languages for whoever looks after its receiver. */
import { fill, type Locale, type Text, type WebhookOutcome } from '@basalt/contract';
import type { StoredOutcome } from '../store/schema/webhook.ts';

const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, 'en-US': en });
export type Stage = StoredOutcome['stage'];

const failed: Readonly<Record<Exclude<Stage, 'done'>, Text>> = {
  resolve: text('无法解析名称 {host}', 'The name {host} cannot be resolved'),
  refused: text(
    '{host} 的地址 {address} 不是公网地址，也不在 Webhook 允许的内网地址中，未发送',
    'The address {address} of {host} is not public and lies in no network that webhooks may be sent to; nothing was sent',
  ),
  connect: text('无法连接 {host}:{port}', 'No connection to {host}:{port}'),
  tls: text('与 {host} 的加密连接失败：{reason}', 'The encrypted connection to {host} failed: {reason}'),
  send: text('消息未能发送完整：{reason}', 'The message could not be sent whole: {reason}'),
  answer: text('接收端没有给出可用的应答：{reason}', 'The receiver gave no usable answer: {reason}'),
};
const late = text(
  '{host} 未在 {seconds} 秒内完成（{stage}）',
  '{host} was not done within {seconds} seconds ({stage})',
);
const stages: Readonly<Record<Exclude<Stage, 'done'>, Text>> = {
  resolve: text('解析名称', 'resolving the name'),
  refused: text('检查地址', 'checking the address'),
  connect: text('连接', 'connecting'),
  tls: text('加密', 'encryption'),
  send: text('发送', 'sending'),
  answer: text('等待应答', 'waiting for the answer'),
};
const answered: readonly (readonly [isIt: (status: number) => boolean, Text])[] = [
  [(status) => status >= 200 && status < 300, text('接收端已接受（{status}）', 'The receiver took it ({status})')],
  [
    (status) => status >= 300 && status < 400,
    text(
      '接收端要求重定向（{status}），不跟随重定向，请填写最终地址',
      'The receiver answered with a redirect ({status}), which is not followed; give the final address',
    ),
  ],
  [
    (status) => status === 410,
    text(
      '接收端表示地址已移除（410），Webhook 将被停用',
      'The receiver is gone (410); a webhook is turned off by this answer',
    ),
  ],
  [(status) => status === 429, text('接收端要求放慢（429）', 'The receiver asks to slow down (429)')],
  [() => true, text('接收端返回错误（{status}）', 'The receiver answered with an error ({status})')],
];
const tlsReasons: readonly (readonly [RegExp, Text])[] = [
  [
    /self.signed|unable to (get|verify)|issuer/iu,
    text('证书不受信任，可填写其 CA 证书', 'its certificate is not trusted; give the certificate of its authority'),
  ],
  [/altname|does not match/iu, text('证书与名称不符', 'its certificate is for another name')],
  [/expired/iu, text('证书已过期', 'its certificate has expired')],
  [/wrong version|packet length|unknown protocol/iu, text('该端口不是 HTTPS 端口', 'this port does not speak HTTPS')],
];

export interface About {
  readonly host: string;
  readonly port: number;
  readonly seconds: number;
  readonly address?: string;
}

const filled = (template: Text, params: Readonly<Record<string, string | number | Text>>): Text => {
  const of = (locale: Locale): string =>
    fill(
      template[locale],
      Object.fromEntries(
        Object.entries(params).map(([name, value]) => [name, typeof value === 'object' ? value[locale] : value]),
      ),
    );
  return { 'zh-CN': of('zh-CN'), 'en-US': of('en-US') };
};

/** Why no answer came. */
export function failureText(stage: Exclude<Stage, 'done'>, error: Error, isLate: boolean, about: About): Text {
  const reason = tlsReasons.find(([pattern]) => stage === 'tls' && pattern.test(error.message))?.[1] ?? error.message;
  return filled(isLate ? late : failed[stage], {
    ...about,
    address: about.address ?? '?',
    stage: stages[stage],
    reason,
  });
}

/** What an answer means. */
export const answerText = (status: number): Text =>
  filled(answered.find(([isIt]) => isIt(status))?.[1] ?? failed.answer, { status });

export const outcomeTold = ({ text: words, ...outcome }: StoredOutcome, locale: Locale): WebhookOutcome => ({
  ...outcome,
  text: words[locale],
});
