'use client';
import { accountGroupId, type AccountGroup } from '@basalt/contract';
import {
  ActionButton,
  Copyable,
  DataTable,
  FactGrid,
  formatNumber,
  iconProps,
  PageHeader,
  Panel,
  PanelGrid,
  PanelStack,
  RelativeTime,
  SkeletonLines,
} from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { Pencil, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import styles from '@/accounts/accounts.module.css';
import { BindingText } from '@/accounts/binding-text.tsx';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { NotFoundMessage } from '@/shell/page-message.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import { GroupDeleteDialog } from './group-delete-dialog.tsx';
import { GroupDrawer } from './group-drawer.tsx';

export function GroupPage({ id }: { id: string }) {
  const known = accountGroupId.safeParse(id);
  return known.success ? <KnownGroup id={known.data} /> : <NotFoundMessage />;
}

function KnownGroup({ id }: { id: AccountGroup['id'] }) {
  const t = useTranslations('accountGroups');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const group = useQuery(trpc.accountGroup.get.queryOptions({ id }));
  useDescribePage(useMemo(() => ({ title: group.data?.name ?? '' }), [group.data?.name]));
  return (
    <>
      {group.isError && <QueryError title={t('failedOne')} error={group.error} onRetry={() => void group.refetch()} />}
      {group.data && <GroupBody group={group.data} />}
      {group.isPending && (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

function GroupBody({ group }: { group: AccountGroup }) {
  const t = useTranslations('accountGroups');
  const c = useTranslations('common');
  const locale = useLocale();
  const router = useRouter();
  const call = useCall();
  const labels = useTableLabels(t('fields.members'));
  const { region, session } = useConsole();
  const [acting, setActing] = useState<'edit' | 'delete' | null>(null);
  return (
    <>
      <PageHeader
        title={group.name}
        actions={
          <>
            <ActionButton
              icon={<Pencil {...iconProps()} />}
              reason={call.reason('accountGroup.update')}
              onClick={() => setActing('edit')}
            >
              {call.label('accountGroup.update')}
            </ActionButton>
            <ActionButton
              danger
              icon={<Trash2 {...iconProps()} />}
              reason={call.reason('accountGroup.delete')}
              onClick={() => setActing('delete')}
            >
              {call.label('accountGroup.delete')}
            </ActionButton>
          </>
        }
        facts={<Copyable text={group.id} label={c('copyValue', { value: group.id })} copiedLabel={c('copied')} />}
      />
      <PanelGrid columns={[2, 1]}>
        <Panel flush title={t('fields.members')} count={formatNumber(group.members.length)}>
          <DataTable
            fill={false}
            columns={[
              {
                key: 'name',
                title: t('memberName'),
                width: 200,
                render: (member) =>
                  can(session, 'account:read') ? (
                    <Link href={paths.account(region.key, member.id)}>{member.name}</Link>
                  ) : (
                    member.name
                  ),
              },
              { key: 'email', title: t('memberEmail'), width: 260, render: (member) => member.email },
            ]}
            rows={group.members}
            rowKey={(member) => member.id}
            rowName={(member) => member.name}
            empty={<p className={styles.emptyLine}>{t('noMembers')}</p>}
            labels={labels}
          />
        </Panel>
        <PanelStack>
          <Panel title={t('fields.bindings')}>
            {group.bindings.length === 0 && <p className="bs-tertiary">{t('noRoles')}</p>}
            <ul className={styles.lines}>
              {group.bindings.map((binding) => (
                <li key={binding.id}>
                  <BindingText role={binding.role} name={binding.roleName} scope={binding.scope} />
                </li>
              ))}
            </ul>
          </Panel>
          <Panel title={t('facts')}>
            <FactGrid
              facts={[
                { key: 'note', label: t('fields.note'), value: group.note === '' ? undefined : group.note },
                {
                  key: 'createdAt',
                  label: t('fields.createdAt'),
                  value: <RelativeTime at={group.createdAt} locale={locale} />,
                },
              ]}
            />
          </Panel>
        </PanelStack>
      </PanelGrid>
      {acting === 'edit' && <GroupDrawer group={group} onClose={() => setActing(null)} />}
      {acting === 'delete' && (
        <GroupDeleteDialog
          group={group}
          onClose={() => setActing(null)}
          onDeleted={() => router.push(paths.accountGroups(region.key))}
        />
      )}
    </>
  );
}
