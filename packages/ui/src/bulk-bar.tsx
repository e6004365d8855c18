'use client';
import { Tooltip } from 'antd';
import { X } from 'lucide-react';
import { cx } from './cx.ts';
import styles from './bulk-bar.module.css';
import { iconProps } from './icon-size.ts';

export interface BulkAction {
  key: string;
  label: React.ReactNode;
  icon?: React.ReactNode;
  danger?: boolean;
  /** Set = dimmed: why, and for how many of the selected it would hold. */
  reason?: React.ReactNode;
  onRun: () => void;
}

export interface BulkBarProps {
  /** "3 selected" */
  children: React.ReactNode;
  /** "Select all 1,240", while not all are. */
  selectAll?: { label: React.ReactNode; onSelect: () => void } | undefined;
  actions: readonly BulkAction[];
  label: string;
  clearLabel: string;
  onClear: () => void;
}

/** Inverse stone between facets and table head while rows are selected. Unavailable actions stay and say why. */
export function BulkBar({ children, selectAll, actions, label, clearLabel, onClear }: BulkBarProps) {
  return (
    <div className={styles.bulk} role="toolbar" aria-label={label}>
      <span>{children}</span>
      {selectAll && (
        <button type="button" className={styles.link} onClick={selectAll.onSelect}>
          {selectAll.label}
        </button>
      )}
      <span className={styles.divider} />
      {actions.map((action) => {
        const blocked = action.reason !== undefined;
        const button = (
          <button
            key={action.key}
            type="button"
            aria-disabled={blocked}
            className={cx(styles.action, action.danger && styles.danger, blocked && styles.blocked)}
            onClick={() => {
              if (!blocked) action.onRun();
            }}
          >
            {action.icon}
            {action.label}
            {blocked && <span className="bs-visually-hidden">{action.reason}</span>}
          </button>
        );
        return blocked ? (
          <Tooltip key={action.key} title={action.reason}>
            {button}
          </Tooltip>
        ) : (
          button
        );
      })}
      <span className={styles.space} />
      <button type="button" className={styles.action} onClick={onClear}>
        <X {...iconProps()} />
        {clearLabel}
      </button>
    </div>
  );
}
