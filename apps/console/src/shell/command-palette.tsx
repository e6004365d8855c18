'use client';
import { iconProps, Kbd, Palette, useTheme, type PaletteGroup } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { CornerDownRight, Zap } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useState } from 'react';
import { globalActions, type GlobalAction } from '@/actions/registry.ts';
import { useTRPC } from '@/api/client.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { seeAsGo } from '@/session/see-as.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { useSignOut } from '@/session/use-sign-out.ts';
import { navigation } from './navigation.tsx';

interface CommandPaletteProps {
  open: boolean;
  onClose: () => void;
  onKeyHelp: () => void;
}

/** Pages, actions and objects behind one field; actions come from the registry that draws the buttons. */
export function CommandPalette({ open, onClose, onKeyHelp }: CommandPaletteProps) {
  const t = useTranslations('shell');
  const a = useTranslations('actions');
  const router = useRouter();
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const { setChoice } = useTheme();
  const signOut = useSignOut();
  const permissionReason = usePermissionReason();
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const found = useQuery(
    trpc.search.find.queryOptions({ region: region.key, text: wanted }, { enabled: open && wanted !== '' }),
  );
  const matches = (label: string) => label.toLowerCase().includes(wanted);

  const run = (action: GlobalAction) => {
    if (action.path) router.push(action.path(region.key));
    else if (action.id === 'signOut') signOut();
    else if (action.id === 'endSeeAs') seeAsGo(null, paths.home());
    else if (action.id === 'keyHelp') onKeyHelp();
    else setChoice(action.id === 'themeLight' ? 'light' : action.id === 'themeDark' ? 'dark' : 'system');
  };

  const groups: PaletteGroup[] = [
    {
      key: 'objects',
      title: t('palette.objects'),
      items: (wanted === '' ? [] : (found.data?.items ?? [])).map((item) => ({
        key: `${item.kind}-${item.id}`,
        label: item.name,
        detail: `${t(`kinds.${item.kind}`)} · ${item.detail}`,
        icon: <CornerDownRight {...iconProps()} />,
        onRun: () => router.push(pathOfObject(region.key, item.kind, item.id) ?? ''),
      })),
    },
    {
      key: 'pages',
      title: t('palette.pages'),
      items: navigation
        .flatMap((service) => service.pages)
        .filter((page) => matches(t(`nav.${page.key}`)))
        .map((page) => ({
          key: `page-${page.key}`,
          label: t(`nav.${page.key}`),
          icon: page.icon,
          keys: ['g', page.letter],
          reason: page.permission === null ? undefined : permissionReason(page.permission),
          onRun: () => router.push(page.path(region.key)),
        })),
    },
    {
      key: 'actions',
      title: t('palette.actions'),
      items: globalActions
        .filter((action) => matches(a(action.id)) && (action.id !== 'endSeeAs' || session.seeAs !== null))
        .map((action) => ({
          key: `action-${action.id}`,
          label: a(action.id),
          icon: <Zap {...iconProps()} />,
          keys: action.keys ?? [],
          reason: action.permission === null ? undefined : permissionReason(action.permission),
          onRun: () => run(action),
        })),
    },
  ];

  return (
    <Palette
      open={open}
      onClose={() => {
        onClose();
        setText('');
      }}
      text={text}
      onText={setText}
      groups={groups}
      label={t('palette.label')}
      placeholder={t('search')}
      empty={t('palette.empty')}
      foot={
        <>
          <span>
            <Kbd>↑</Kbd> <Kbd>↓</Kbd> {t('palette.choose')}
          </span>
          <span>
            <Kbd>↵</Kbd> {t('palette.run')}
          </span>
          <span>
            <Kbd>Esc</Kbd> {t('palette.close')}
          </span>
        </>
      }
    />
  );
}
