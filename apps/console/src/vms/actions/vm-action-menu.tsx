'use client';
import { Dropdown } from 'antd';
import { useLocale } from 'next-intl';
import { objectActionLabel, vmAction, type VmActionKey } from '@/actions/registry.ts';
import type { VmTarget } from '../vm-facts.tsx';
import { actionIcons } from './action-icons.tsx';
import { useActionReason } from './use-action-reason.ts';
import styles from './vm-action-menu.module.css';

interface VmActionMenuProps {
  vm: VmTarget;
  actions: readonly VmActionKey[];
  onAsk: (action: VmActionKey) => void;
  /** The button that opens it. */
  children: React.ReactElement;
}

/** Actions of one VM as a menu; what is not possible stays and says why. */
export function VmActionMenu({ vm, actions, onAsk, children }: VmActionMenuProps) {
  const locale = useLocale();
  const reasonOf = useActionReason();
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: actions.map((action) => {
          const reason = reasonOf(action, vm);
          const entry = vmAction(action);
          return {
            key: action,
            icon: actionIcons[action],
            danger: entry.danger === true && reason === undefined,
            disabled: reason !== undefined,
            label: (
              <span>
                {objectActionLabel(entry, locale)}
                {reason !== undefined && <span className={styles.reason}>{reason}</span>}
              </span>
            ),
          };
        }),
        onClick: ({ key, domEvent }) => {
          domEvent.stopPropagation();
          const action = actions.find((item) => item === key);
          if (action) onAsk(action);
        },
      }}
    >
      {children}
    </Dropdown>
  );
}
