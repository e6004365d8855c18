'use client';
import { AppFrame, BarButton, iconProps, Rail, SidePanel, TopBar, type Crumb } from '@basalt/ui';
import type { CurrentSession } from '@basalt/contract';
import { CircleHelp, ListChecks } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { useEvents } from '@/api/events.ts';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { AccountMenu } from './account-menu.tsx';
import { CommandPalette } from './command-palette.tsx';
import { KeyHelp } from './key-help.tsx';
import { link } from './link.tsx';
import { navAt, navigation, type NavPage } from './navigation.tsx';
import { usePageInfo } from './page-context.tsx';
import { RegionSwitcher } from './region-switcher.tsx';
import { SeeAsBanner } from './see-as-banner.tsx';
import { Tray } from './tray.tsx';
import { useShellKeys } from './use-shell-keys.ts';

/** What `c` creates: the object of the page, else a virtual machine; undefined without the permission. */
function createPathAt(region: string, page: NavPage['key'] | undefined, session: CurrentSession): string | undefined {
  if (page === 'images') return can(session, 'image:upload') ? paths.imageUpload(region) : undefined;
  if (page === 'networks') return can(session, 'network:create') ? paths.networkCreate(region) : undefined;
  if (page === 'hosts') return can(session, 'host:enrol') ? paths.hostAdd(region) : undefined;
  if (page === 'accounts') return can(session, 'account:create') ? paths.accountCreate(region) : undefined;
  if (page === 'accountGroups')
    return can(session, 'accountGroup:create') ? paths.accountGroupCreate(region) : undefined;
  if (page === 'webhooks') return can(session, 'webhook:create') ? paths.webhookCreate(region) : undefined;
  if (page === 'roles') return can(session, 'role:create') ? paths.roleCreate(region) : undefined;
  return can(session, 'vm:create') ? paths.vmCreate(region) : undefined;
}

/** Rail, top bar, side panel and tray around every signed-in page. */
export function ConsoleShell({ children }: { children: React.ReactNode }) {
  const t = useTranslations('shell');
  const c = useTranslations('common');
  const pathname = usePathname();
  const { region, session } = useConsole();
  const page = usePageInfo();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const [trayOpen, setTrayOpen] = useState(false);
  const here = navAt(region.key, pathname);
  useEvents(region.key);
  useShellKeys(
    region.key,
    () => setPaletteOpen(true),
    () => setHelpOpen(true),
    createPathAt(region.key, here?.page.key, session),
  );

  const allowed = navigation
    .map((service) => ({
      ...service,
      pages: service.pages.filter((item) => item.permission === null || can(session, item.permission)),
    }))
    .filter((service) => service.pages.length > 0);
  const service = allowed.find((item) => item.key === here?.service.key);

  const crumbs: Crumb[] = here ? [{ label: t(`nav.${here.service.key}`) }] : [];
  if (here && (here.service.pages.length > 1 || here.page.key !== here.service.key)) {
    crumbs.push({
      label: t(`nav.${here.page.key}`),
      ...(page.title === undefined ? {} : { href: here.page.path(region.key) }),
    });
  }
  if (page.title !== undefined) crumbs.push({ label: page.title });

  return (
    <>
      <AppFrame
        skipLabel={t('skip')}
        banner={session.seeAs && <SeeAsBanner account={session.seeAs} />}
        rail={
          <Rail
            label={t('services')}
            logoLabel={c('productFull')}
            homeHref={paths.overview(region.key)}
            activeKey={here?.service.key ?? ''}
            link={link}
            items={allowed.map((item) => ({
              key: item.key,
              label: t(`nav.${item.key}`),
              icon: item.icon,
              href: item.pages[0]?.path(region.key) ?? paths.home(),
            }))}
          />
        }
        topBar={
          <TopBar
            region={<RegionSwitcher />}
            crumbs={crumbs}
            crumbsLabel={t('breadcrumbs')}
            searchPlaceholder={t('search')}
            searchShortcut="Ctrl K"
            onSearch={() => setPaletteOpen(true)}
            link={link}
          >
            <BarButton onClick={() => setTrayOpen(!trayOpen)} aria-label={t('tray.toggle')} aria-expanded={trayOpen}>
              <ListChecks {...iconProps()} />
            </BarButton>
            <BarButton onClick={() => setHelpOpen(true)} aria-label={t('help')} title={t('help')}>
              <CircleHelp {...iconProps()} />
            </BarButton>
            <AccountMenu />
          </TopBar>
        }
        side={
          service && (
            <SidePanel
              label={t('pages')}
              link={link}
              activeKeys={page.activeKeys ?? (here ? [here.page.key] : [])}
              groups={[
                {
                  key: service.key,
                  title: t(`nav.${service.key}`),
                  items: service.pages.map((item) => ({
                    key: item.key,
                    label: t(`nav.${item.key}`),
                    icon: item.icon,
                    href: item.path(region.key),
                  })),
                },
                ...(page.sideGroups ?? []),
              ]}
            />
          )
        }
        tray={can(session, 'task:read') ? <Tray open={trayOpen} onToggle={() => setTrayOpen(!trayOpen)} /> : undefined}
      >
        {children}
      </AppFrame>
      <CommandPalette open={paletteOpen} onClose={() => setPaletteOpen(false)} onKeyHelp={() => setHelpOpen(true)} />
      <KeyHelp open={helpOpen} onClose={() => setHelpOpen(false)} />
    </>
  );
}
