import { cookies } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { areas } from './areas.ts';
import { cookieNames, localeFrom } from './locales.ts';

/** Locale from the cookie (no locale in the URL: links are shared between people with different languages). */
export default getRequestConfig(async () => {
  const locale = localeFrom((await cookies()).get(cookieNames.locale)?.value);
  const parts = await Promise.all(
    areas.map(async (area) => {
      const file = (await import(`../../messages/${locale}/${area}.json`)) as { default: Record<string, unknown> };
      return [area, file.default] as const;
    }),
  );
  return { locale, messages: Object.fromEntries(parts) };
});
