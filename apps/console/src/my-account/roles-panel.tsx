'use client';
import { permissionLabel, permissionTable, type Permission, type RoleBinding } from '@basalt/contract';
import { resourceTable } from '@basalt/contract/gen/permissions';
import { formatNumber, Panel, Tag } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { useConsole } from '@/session/session.tsx';
import styles from './my-account.module.css';
import type { MyAccount } from './use-my-account.ts';

const resourceLabels: Readonly<Record<string, { label: Readonly<Record<'zh-CN' | 'en-US', string>> }>> = resourceTable;

/** My roles, where they come from, and everything they add up to. */
export function RolesPanel({ account }: { account: MyAccount }) {
  const t = useTranslations('myAccount.roles');
  const locale = useLocale();
  const { session, regions } = useConsole();
  const scopeText = ({ scope }: RoleBinding) =>
    scope === null
      ? t('scopeAll')
      : t('scopeSome', { clusters: scope.clusters.length, hosts: scope.hosts.length, vms: scope.vms.length });
  const rows = [
    ...account.bindings.map((binding) => ({ binding, from: t('direct') })),
    ...account.groups.flatMap((group) =>
      group.bindings.map((binding) => ({ binding, from: t('byGroup', { name: group.name }) })),
    ),
  ];
  const byResource = new Map<string, { key: Permission; kind: 'own' | 'scoped' | 'all' }[]>();
  const add = (keys: readonly Permission[], kind: 'own' | 'scoped' | 'all') => {
    for (const key of keys) {
      const { resource } = permissionTable[key];
      byResource.set(resource, [...(byResource.get(resource) ?? []), { key, kind }]);
    }
  };
  add(session.permissions, 'all');
  add(session.ownPermissions, 'own');
  add(session.scopedPermissions, 'scoped');
  const count = session.permissions.length + session.ownPermissions.length + session.scopedPermissions.length;
  return (
    <>
      <Panel title={t('title')} count={formatNumber(rows.length)} flush>
        {rows.length === 0 ? (
          <p className={styles.pad}>{t('none')}</p>
        ) : (
          <table className={styles.table} aria-label={t('title')}>
            <thead>
              <tr>
                <th>{t('role')}</th>
                <th>{t('from')}</th>
                <th>{t('scope')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ binding, from }) => (
                <tr key={binding.id}>
                  <td className="bs-name">{binding.roleName}</td>
                  <td>{from}</td>
                  <td>{scopeText(binding)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      <Panel
        title={t('permissions')}
        count={formatNumber(count)}
        hint={t('regions', { names: regions.map(({ name }) => name).join(', ') })}
      >
        <dl className={styles.permissions}>
          {[...byResource].map(([resource, found]) => (
            <div key={resource} style={{ display: 'contents' }}>
              <dt>{resourceLabels[resource]?.label[locale] ?? resource}</dt>
              <dd className={styles.roles}>
                {found.map(({ key, kind }) => (
                  <span key={`${key}-${kind}`} title={key}>
                    <Tag line={kind !== 'all'}>
                      {permissionLabel(key)[locale]}
                      {kind !== 'all' && ` · ${t(kind)}`}
                    </Tag>
                  </span>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
    </>
  );
}
