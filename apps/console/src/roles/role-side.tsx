'use client';
import { iconProps, type SideGroup } from '@basalt/ui';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useMemo } from 'react';
import { paths } from '@/paths.ts';
import { useCall } from '@/actions/use-call.ts';
import { useConsole } from '@/session/session.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { useRoleName } from './role-words.ts';
import { useRoles } from './use-roles.ts';

/** Tells the shell the roles as siblings of the one that is open. */
export function useRoleSide(title: string | undefined, id: string | undefined): void {
  const t = useTranslations('roles');
  const { region } = useConsole();
  const nameOf = useRoleName();
  const call = useCall();
  const { data } = useRoles();
  const mayCreate = call.reason('role.create') === undefined;
  const info = useMemo(() => {
    const group = (builtIn: boolean): SideGroup => ({
      key: builtIn ? 'builtIn' : 'custom',
      title: t(builtIn ? 'builtIn' : 'custom'),
      ...(builtIn || !mayCreate
        ? {}
        : {
            extra: (
              <Link href={paths.roleCreate(region.key)} aria-label={t('create.open')} title={t('create.open')}>
                <Plus {...iconProps(14)} />
              </Link>
            ),
          }),
      items: (data?.items ?? [])
        .filter((role) => role.builtIn === builtIn)
        .map((role) => ({
          key: `role-${role.id}`,
          label: nameOf(role.id, role.name),
          href: paths.role(region.key, role.id),
          count: role.accounts + role.groups,
        })),
    });
    return {
      ...(title === undefined ? {} : { title }),
      sideGroups: [group(true), group(false)],
      activeKeys: ['roles', ...(id === undefined ? [] : [`role-${id}`])],
    };
  }, [data, title, id, region.key, t, nameOf, mayCreate]);
  useDescribePage(info);
}
