'use client';
import { Avatar, BarButton, formatRelative, useNow, useTheme, type ThemeChoice } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Dropdown, type MenuProps } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useTRPC } from '@/api/client.ts';
import { locales, type Locale } from '@/i18n/locales.ts';
import { useLocaleChange } from '@/i18n/use-locale-change.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { useSignOut } from '@/session/use-sign-out.ts';

const themeChoices = ['light', 'dark', 'system'] as const satisfies readonly ThemeChoice[];

/** Who is signed in, language, theme, password, sign-out. Language and theme are kept with the account too. */
export function AccountMenu() {
  const t = useTranslations('shell');
  const c = useTranslations('common');
  const locale = useLocale();
  const now = useNow();
  const trpc = useTRPC();
  const router = useRouter();
  const { session, region } = useConsole();
  const { choice, setChoice } = useTheme();
  const changeLocale = useLocaleChange();
  const signOut = useSignOut();
  const preferences = useMutation(trpc.session.setPreferences.mutationOptions());
  const last = session.lastSignIn;

  const items: MenuProps['items'] = [
    {
      key: 'who',
      type: 'group',
      label: (
        <>
          <div>{session.account.email}</div>
          {last && (
            <div>
              {t('lastSignIn', {
                time: formatRelative(new Date(last.at), new Date(now), locale),
                address: last.address,
              })}
            </div>
          )}
        </>
      ),
    },
    { type: 'divider' },
    {
      key: 'language',
      label: t('language'),
      children: locales.map((item) => ({
        key: `language:${item}`,
        label: c(`languages.${item}`),
      })),
    },
    {
      key: 'theme',
      label: t('theme'),
      children: themeChoices.map((item) => ({ key: `theme:${item}`, label: t(`themes.${item}`) })),
    },
    { key: 'my-account', label: t('nav.myAccount') },
    { key: 'password', label: t('changePassword') },
    { type: 'divider' },
    { key: 'sign-out', label: t('signOut') },
  ];

  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items,
        selectedKeys: [`language:${locale}`, `theme:${choice}`],
        onClick: ({ key }) => {
          const [what, value] = key.split(':');
          if (what === 'language') {
            changeLocale(value as Locale);
            if (session.seeAs === null) preferences.mutate({ locale: value as Locale });
          } else if (what === 'theme') {
            setChoice(value as ThemeChoice);
            if (session.seeAs === null) preferences.mutate({ theme: value as ThemeChoice });
          } else if (what === 'my-account') router.push(paths.myAccount(region.key));
          else if (what === 'password') router.push(paths.password());
          else if (what === 'sign-out') signOut();
        },
      }}
    >
      <BarButton aria-label={`${t('account')}: ${session.account.name}`}>
        <Avatar name={session.account.name} />
        {session.account.name}
      </BarButton>
    </Dropdown>
  );
}
