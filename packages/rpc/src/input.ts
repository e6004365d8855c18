/** Input by the contract: refused input names every field and rule in both languages (invalidInput). */
import { BasaltError, both, ruleTexts, type Locale } from '@basalt/contract';
import { z } from 'zod';

const zh = z.locales.zhCN().localeError;
const en = z.locales.en().localeError;

type Issue = z.core.$ZodIssue;

function say(issue: Issue, locale: Locale): string {
  const named = ruleTexts[issue.code === 'unrecognized_keys' ? 'unknownField' : issue.message];
  if (named) return named[locale];
  const said = (locale === 'zh-CN' ? zh : en)(issue as z.core.$ZodRawIssue);
  return typeof said === 'string' ? said : (said?.message ?? issue.message);
}

const fieldOf = (issue: Issue): string =>
  [...issue.path.map(String), ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join('.') ||
  'input';

/** Unknown fields are refused at the top level, where a misspelt one would silently do something else. */
const strict = new WeakMap<z.ZodType, z.ZodType>();
function strictOf(schema: z.ZodType): z.ZodType {
  let made = strict.get(schema);
  if (!made) {
    made = schema instanceof z.ZodObject ? schema.strict() : schema;
    strict.set(schema, made);
  }
  return made;
}

/**
 * @throws BasaltError invalidInput with the first finding in `field` and all of them in `issues`.
 */
export function inputParse(schema: z.ZodType, raw: unknown, locale: Locale): unknown {
  const result = strictOf(schema).safeParse(raw ?? {});
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 50);
  const first = issues[0];
  if (!first) throw new BasaltError('invalidInput', { field: 'input', rule: '' });
  throw new BasaltError(
    'invalidInput',
    { field: fieldOf(first), rule: both(say(first, 'zh-CN'), say(first, 'en-US')) },
    { field: fieldOf(first), issues: issues.map((issue) => ({ field: fieldOf(issue), message: say(issue, locale) })) },
  );
}
