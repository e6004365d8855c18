'use client';
import { ActionButton, iconProps } from '@basalt/ui';
import { Input } from 'antd';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { headerAdded, headersMax, type HeaderRow } from './webhook-form.ts';
import styles from './webhooks.module.css';

interface HeaderEditorProps {
  id: string;
  rows: readonly HeaderRow[];
  describedBy: string;
  failed: boolean;
  onChange: (rows: HeaderRow[]) => void;
}

/** Headers that go with every message. A stored value is only said to be there. */
export function HeaderEditor({ id, rows, describedBy, failed, onChange }: HeaderEditorProps) {
  const t = useTranslations('webhooks.form');
  const set = (key: number, change: Partial<HeaderRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const status = failed ? ('error' as const) : ('' as const);
  return (
    <div className={styles.headers}>
      {rows.map((row, index) => (
        <div key={row.key} className={styles.header} role="group" aria-label={t('header', { number: index + 1 })}>
          <Input
            {...(index === 0 ? { id } : {})}
            aria-label={t('headerName')}
            aria-describedby={describedBy}
            status={status}
            placeholder={t('headerName')}
            autoComplete="off"
            spellCheck={false}
            value={row.name}
            // Another name is another header: its value is not carried over.
            onChange={(event) => set(row.key, { name: event.target.value, stored: false })}
          />
          <Input.Password
            aria-label={t('headerValue')}
            aria-describedby={describedBy}
            status={status}
            placeholder={row.stored ? t('headerKept') : t('headerValue')}
            autoComplete="new-password"
            value={row.value}
            onChange={(event) => set(row.key, { value: event.target.value })}
          />
          <ActionButton
            kind="text"
            icon={<X {...iconProps()} />}
            label={t('headerRemove', { number: index + 1 })}
            onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
          />
        </div>
      ))}
      {/* The label of the field points to the first row, or to this button while there is none. */}
      <span id={rows.length === 0 ? id : undefined} tabIndex={-1}>
        <ActionButton
          size="small"
          icon={<Plus {...iconProps(14)} />}
          reason={rows.length >= headersMax ? t('headersFull', { max: headersMax }) : undefined}
          onClick={() => onChange(headerAdded(rows))}
        >
          {t('headerAdd')}
        </ActionButton>
      </span>
    </div>
  );
}
