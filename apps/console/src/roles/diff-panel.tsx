'use client';
import { permissionLabel, type Permission } from '@basalt/contract';
import { Note, Panel } from '@basalt/ui';
import { Button } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { missingReads, type AccountLevel, type PermissionDiff } from './permission-model.ts';
import styles from './role-editor.module.css';

const few = 8;

/** Permissions that would be gained and lost, by name and key. */
export function DiffPanel({ diff, title }: { diff: PermissionDiff; title: string }) {
  const t = useTranslations('roles.diff');
  const locale = useLocale();
  const [all, setAll] = useState(false);
  const rows = [
    ...diff.more.map((permission) => ({ sign: '+', permission })),
    ...diff.less.map((permission) => ({ sign: '−', permission })),
  ];
  return (
    <Panel title={title} hint={t('counts', { more: diff.more.length, less: diff.less.length })}>
      <ul className={styles.diff}>
        {rows.slice(0, all ? rows.length : few).map(({ sign, permission }) => (
          <li key={permission}>
            <span className={styles.sign}>{sign}</span>
            <span>{permissionLabel(permission)[locale]}</span>
            <span className={styles.key}>{permission}</span>
          </li>
        ))}
      </ul>
      {rows.length > few && !all && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t('others', { count: rows.length - few })}
        </Button>
      )}
    </Panel>
  );
}

/** Rights to see that the chosen operations need; one click adds them. */
export function MissingReadsNote({
  granted,
  level,
  onAdd,
}: {
  granted: ReadonlySet<Permission>;
  level: AccountLevel;
  onAdd: (permissions: Permission[]) => void;
}) {
  const t = useTranslations('roles.missing');
  const locale = useLocale();
  const found = missingReads(granted, level);
  if (found.length === 0) return null;
  const name = (permission: Permission) => permissionLabel(permission)[locale];
  return (
    <Note
      tone="warn"
      title={t('title', { count: found.length })}
      action={
        <Button type="link" size="small" onClick={() => onAdd(found.map(({ permission }) => permission))}>
          {t('add')}
        </Button>
      }
    >
      {found.slice(0, 5).map(({ permission, because }) => (
        <div key={permission}>
          {name(permission)}{' '}
          <span className="bs-tertiary">
            {t('because', {
              name: because
                .slice(0, 2)
                .map(name)
                .join(locale === 'zh-CN' ? '、' : ', '),
            })}
          </span>
        </div>
      ))}
      {found.length > 5 && <div className="bs-tertiary">{t('others', { count: found.length - 5 })}</div>}
    </Note>
  );
}
