'use client';
import { ActionButton, iconProps, Segments } from '@basalt/ui';
import { Select } from 'antd';
import { Plus, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRoleName } from '@/roles/role-words.ts';
import { useRoles } from '@/roles/use-roles.ts';
import { bindingRow, emptyScope, rolesFor, type BindingValue } from './binding-form.ts';
import { ScopePicker } from './scope-picker.tsx';
import styles from './accounts.module.css';

interface BindingEditorProps {
  id: string;
  values: readonly BindingValue[];
  /** Of the account; undefined for a group, whose members may be of either level. */
  level?: 'system' | 'region' | undefined;
  onChange: (values: BindingValue[]) => void;
  describedBy?: string;
  failed?: boolean;
}

/** Roles, each everywhere or for chosen objects only. */
export function BindingEditor({ id, values, level, onChange, describedBy, failed = false }: BindingEditorProps) {
  const t = useTranslations('accounts');
  const r = useTranslations('roles');
  const roles = useRoles();
  const nameOf = useRoleName();
  const set = (key: string, change: Partial<BindingValue>) =>
    onChange(values.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const options = (chosen: string) => {
    const free = rolesFor(roles.data?.items ?? [], level).filter(
      (role) => role.id === chosen || !values.some((row) => row.role === role.id && row.scope === null),
    );
    const group = (builtIn: boolean) => ({
      label: r(builtIn ? 'builtIn' : 'custom'),
      options: free
        .filter((role) => role.builtIn === builtIn)
        .map((role) => ({ value: role.id as string, label: nameOf(role.id, role.name) })),
    });
    return [group(true), group(false)].filter((item) => item.options.length > 0);
  };
  return (
    <div className={styles.bindings}>
      {values.map((row, index) => {
        const name = roles.data?.items.find((role) => role.id === row.role)?.name ?? '';
        return (
          <div key={row.key} className={styles.binding}>
            <div className={styles.bindingLine}>
              <Select
                {...(index === 0 ? { id } : {})}
                className={styles.grow ?? ''}
                aria-label={t('bindings.role', { number: index + 1 })}
                {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
                status={failed ? 'error' : ''}
                loading={roles.isPending}
                showSearch={{ optionFilterProp: 'label' }}
                placeholder={t('bindings.choose')}
                value={row.role === '' ? null : row.role}
                options={options(row.role)}
                onChange={(role: string | null) => set(row.key, { role: role ?? '' })}
              />
              <Segments
                label={t('bindings.scopeOf', { name: nameOf(row.role, name) })}
                value={row.scope === null ? 'all' : 'chosen'}
                onChange={(which) => set(row.key, { scope: which === 'all' ? null : emptyScope })}
                options={[
                  { key: 'all', label: t('scope.all') },
                  { key: 'chosen', label: t('scope.chosen') },
                ]}
              />
              <ActionButton
                kind="text"
                label={t('bindings.remove', { name: nameOf(row.role, name) })}
                icon={<Trash2 {...iconProps(14)} />}
                onClick={() => onChange(values.filter((item) => item.key !== row.key))}
              />
            </div>
            {row.scope !== null && (
              <ScopePicker
                scope={row.scope}
                name={nameOf(row.role, name)}
                onChange={(scope) => set(row.key, { scope })}
              />
            )}
          </div>
        );
      })}
      <ActionButton
        kind="link"
        size="small"
        icon={<Plus {...iconProps(14)} />}
        onClick={() => onChange([...values, bindingRow()])}
      >
        {t('bindings.add')}
      </ActionButton>
    </div>
  );
}
