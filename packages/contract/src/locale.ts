import { z } from 'zod';

export const locale = z.enum(['zh-CN', 'en-US']);
export type Locale = z.infer<typeof locale>;
export type Text = Readonly<Record<Locale, string>>;

/** Puts parameters into `{name}` places. A parameter that is missing leaves its place visible rather than lying. */
export function fill(template: string, params: Readonly<Record<string, string | number>> = {}): string {
  return template.replaceAll(/\{(\w+)\}/gu, (place, name: string) => String(params[name] ?? place));
}
