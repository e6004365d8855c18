'use client';
import { permission, type Permission } from '@basalt/contract';
import { TreeSelect } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { useConsole } from '@/session/session.tsx';
import { permissionTree } from './permission-tree.ts';

interface PermissionPickerProps {
  id: string;
  describedBy: string;
  value: readonly Permission[];
  onChange: (value: readonly Permission[]) => void;
}

/** Chooses among the permissions that the signed-in account has itself. */
export function PermissionPicker({ id, describedBy, value, onChange }: PermissionPickerProps) {
  const t = useTranslations('myAccount.keys');
  const locale = useLocale();
  const { session } = useConsole();
  const tree = useMemo(
    () =>
      permissionTree(
        [...session.permissions, ...session.ownPermissions, ...session.scopedPermissions, ...value],
        locale,
      ),
    [session, value, locale],
  );
  return (
    <TreeSelect
      id={id}
      aria-describedby={describedBy}
      treeData={tree}
      treeCheckable
      showSearch={{ treeNodeFilterProp: 'title' }}
      showCheckedStrategy={TreeSelect.SHOW_CHILD}
      allowClear
      placeholder={t('search')}
      value={[...value]}
      onChange={(keys: readonly string[]) => onChange(keys.flatMap((key) => permission.safeParse(key).data ?? []))}
      styles={{ popup: { root: { maxHeight: 360 } } }}
      style={{ width: '100%' }}
    />
  );
}
