'use client';
import { ThemeProvider, type ThemeChoice, type ThemeName } from '@basalt/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import { useLocale } from 'next-intl';
import { useState } from 'react';
import { createClient, TRPCProvider } from '@/api/client.ts';
import { createQueryClient } from '@/api/query-client.ts';
import { antdLocales } from '@/i18n/antd-locale.ts';
import { cookieNames, writeCookie } from '@/i18n/locales.ts';
import { paths } from '@/paths.ts';
import { seeAsSet } from '@/session/see-as.ts';

interface ProvidersProps {
  theme: ThemeChoice;
  systemTheme: ThemeName;
  nonce: string | undefined;
  children: React.ReactNode;
}

/** A lost session leads to the sign-in page once, and back to where the reader was. */
function leaveToSignIn(): void {
  seeAsSet(null);
  const here = window.location.pathname + window.location.search;
  if (!window.location.pathname.startsWith(paths.signIn())) window.location.assign(paths.signIn(here));
}

function rememberTheme(choice: ThemeChoice, resolved: ThemeName): void {
  writeCookie(cookieNames.theme, choice);
  if (choice === 'system') writeCookie(cookieNames.systemTheme, resolved);
}

/** What every page has around it: theme, data access. */
export function Providers({ theme, systemTheme, nonce, children }: ProvidersProps) {
  const locale = useLocale();
  const [queryClient] = useState(() => createQueryClient(leaveToSignIn));
  const [trpcClient] = useState(createClient);
  return (
    <ThemeProvider
      initialChoice={theme}
      initialSystem={systemTheme}
      onChange={rememberTheme}
      locale={antdLocales[locale]}
      nonce={nonce}
    >
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
          {children}
        </TRPCProvider>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
