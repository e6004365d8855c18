import type { Locale, LogVerdict, Text } from '@basalt/contract';
import type { BadReason, Verdict } from './verify.ts';

const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, 'en-US': en });

const reasons: Readonly<Record<BadReason, Text>> = {
  changed: text('该条目已被修改，或其前的条目已被删除', 'this entry has been changed, or one before it was removed'),
  missing: text('该条目缺失', 'this entry is missing'),
  inserted: text('该条目是插入的', 'this entry has been put in'),
  reordered: text('从该条目起顺序已被调换', 'entries have changed places from here on'),
  headDiffers: text(
    '与数据库之外的签名链头不符：该条目或其前的条目已被重写',
    'it differs from the signed head outside the database: this or earlier entries were rewritten',
  ),
  tailMissing: text('末尾条目缺失：已签名的链头在此之后', 'the tail is missing: a signed head lies beyond'),
  headUnsigned: text(
    '链头文件的这一行不是本网关签名的',
    'this line of the file of heads was not signed by this gateway',
  ),
};

/** The verdict in the reader's language. */
export const verdictTold = ({ firstBad, ...verdict }: Verdict, locale: Locale): LogVerdict => ({
  ...verdict,
  firstBad: firstBad && { sequence: firstBad.sequence, why: reasons[firstBad.why][locale] },
});
