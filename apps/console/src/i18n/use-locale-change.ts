'use client';
import { useRouter } from 'next/navigation';
import { cookieNames, writeCookie, type Locale } from './locales.ts';

/** Changes the language without leaving the page: the server draws it again with the other messages. */
export function useLocaleChange(): (locale: Locale) => void {
  const router = useRouter();
  return (locale) => {
    writeCookie(cookieNames.locale, locale);
    router.refresh();
  };
}
