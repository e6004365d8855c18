'use client';
import { roleRef } from '@basalt/contract';
import { PanelGrid, SkeletonLines } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useSearchParams } from 'next/navigation';
import { useTRPC } from '@/api/client.ts';
import { NotFoundMessage } from '@/shell/page-message.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { RoleEditor } from './role-editor.tsx';
import { useRoleSide } from './role-side.tsx';
import { useRoleName } from './role-words.ts';
import { useRoles } from './use-roles.ts';

export function RolePage({ id }: { id: string }) {
  const ref = roleRef.safeParse(id);
  return ref.success ? <KnownRole id={ref.data} /> : <NotFoundMessage />;
}

function KnownRole({ id }: { id: ReturnType<typeof roleRef.parse> }) {
  const t = useTranslations('roles');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const role = useQuery(trpc.role.get.queryOptions({ id }));
  const nameOf = useRoleName();
  useRoleSide(role.data ? nameOf(role.data.id, role.data.name) : '', id);
  return (
    <>
      {role.isError && <QueryError title={t('failedOne')} error={role.error} onRetry={() => void role.refetch()} />}
      {role.isPending && (
        <PanelGrid>
          <SkeletonLines lines={8} label={c('loading')} />
        </PanelGrid>
      )}
      {/* What is being edited is not overwritten by a later read, but by the answer of a save. */}
      {role.data && (
        <RoleEditor
          key={`${id}:${role.data.name}:${role.data.permissions.length}:${role.data.dataScope}`}
          role={role.data}
        />
      )}
    </>
  );
}

/** `/roles/new`, with `?from=` another role to begin with. */
export function RoleCreatePage() {
  const t = useTranslations('roles');
  const c = useTranslations('common');
  const from = useSearchParams().get('from');
  const roles = useRoles();
  useRoleSide(t('create.crumb'), undefined);
  if (from !== null && roles.isPending)
    return (
      <PanelGrid>
        <SkeletonLines lines={8} label={c('loading')} />
      </PanelGrid>
    );
  return <RoleEditor role={undefined} from={roles.data?.items.find((item) => item.id === from)} />;
}
