import '@basalt/ui/styles.css';
import type { Metadata } from 'next';
import { NextIntlClientProvider } from 'next-intl';
import { getLocale, getTranslations } from 'next-intl/server';
import { cookies, headers } from 'next/headers';
import type { ThemeChoice, ThemeName } from '@basalt/ui/tokens';
import { cookieNames } from '@/i18n/locales.ts';
import { Providers } from './providers.tsx';
import { StyleRegistry } from './style-registry.tsx';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('common');
  return { title: { default: t('productFull'), template: `%s · ${t('product')}` }, icons: { icon: '/favicon.svg' } };
}

const choices: readonly string[] = ['light', 'dark', 'system'] satisfies ThemeChoice[];

/**
 * Which theme the operating system wants is known only in the browser. Before anything is drawn this sets it on the root
 * element and remembers it, so that the next page comes right from the server.
 * It also tells zod, before any schema is made, not to ask with `new Function` whether it may compile: our policy reports that.
 * And it hands the page's nonce to every style element that our own scripts make: @rc-component/util measures scroll bars
 * with one that it gives none, and without it a drawer does not hold the page behind it still.
 */
const themeScript = `(function(n){var c=document.createElement;document.createElement=function(t){var e=c.apply(this,arguments);if(n&&String(t).toLowerCase()==='style')e.nonce=n;return e}})(document.currentScript.nonce);globalThis.__zod_globalConfig={jitless:true};(function(){var d=document.documentElement;if(d.dataset.choice==='system'){var t=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light';d.dataset.theme=t;document.cookie='${cookieNames.systemTheme}='+t+'; Path=/; Max-Age=31536000; SameSite=Lax'}})()`;

/** Reads the nonce that the gateway put beside the content security policy; every page is therefore drawn per request. */
export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const [locale, jar, head] = await Promise.all([getLocale(), cookies(), headers()]);
  const nonce = head.get('x-nonce') ?? undefined;
  const stored = jar.get(cookieNames.theme)?.value ?? 'system';
  const choice = (choices.includes(stored) ? stored : 'system') as ThemeChoice;
  const system: ThemeName = jar.get(cookieNames.systemTheme)?.value === 'dark' ? 'dark' : 'light';
  return (
    <html
      lang={locale}
      data-choice={choice}
      data-theme={choice === 'system' ? system : choice}
      suppressHydrationWarning
    >
      <body>
        <script nonce={nonce} dangerouslySetInnerHTML={{ __html: themeScript }} suppressHydrationWarning />
        <NextIntlClientProvider>
          <StyleRegistry nonce={nonce}>
            <Providers theme={choice} systemTheme={system} nonce={nonce}>
              {children}
            </Providers>
          </StyleRegistry>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
