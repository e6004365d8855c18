'use client';
import { iconProps } from '@basalt/ui';
import { Button, Dropdown } from 'antd';
import { Ellipsis } from 'lucide-react';
import styles from './call-menu.module.css';
import { callFlags, type CallKey } from './registry.ts';
import { useCall } from './use-call.ts';

export interface CallEntry {
  key: CallKey;
  icon?: React.ReactNode;
  /** Why not now, beyond a missing permission. */
  reason?: string | undefined;
  onRun: () => void;
}

interface CallMenuProps {
  entries: readonly CallEntry[];
  label: string;
  /** Small and borderless in rows. */
  inRow?: boolean;
  /** Entries that change nothing, such as seeing as an account. */
  before?: readonly {
    key: string;
    label: string;
    icon?: React.ReactNode;
    reason: string | undefined;
    onRun: () => void;
  }[];
}

/** Calls on one object as a menu; what is not possible stays and says why. */
export function CallMenu({ entries, label, inRow = false, before = [] }: CallMenuProps) {
  const call = useCall();
  const all = [
    ...before.map((entry) => ({ ...entry, danger: false })),
    ...entries.map((entry) => ({
      ...entry,
      label: call.label(entry.key),
      danger: callFlags(entry.key).danger === true,
      reason: call.reason(entry.key) ?? entry.reason,
    })),
  ];
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: all.map(({ key, icon, danger, reason, label: words }) => ({
          key,
          icon,
          danger: danger && reason === undefined,
          disabled: reason !== undefined,
          label: (
            <span>
              {words}
              {reason !== undefined && <span className={styles.reason}>{reason}</span>}
            </span>
          ),
        })),
        onClick: ({ key, domEvent }) => {
          domEvent.stopPropagation();
          all.find((entry) => entry.key === key)?.onRun();
        },
      }}
    >
      <Button
        {...(inRow ? { type: 'text' as const, size: 'small' as const } : {})}
        aria-label={label}
        icon={<Ellipsis {...iconProps()} />}
      />
    </Dropdown>
  );
}
