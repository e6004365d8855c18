'use client';
import { Button, Tooltip } from 'antd';
import { useId } from 'react';
import styles from './action-button.module.css';

export interface ActionButtonProps {
  children?: React.ReactNode;
  /** Accessible name when there is only an icon; also the tooltip then. */
  label?: string | undefined;
  icon?: React.ReactNode;
  kind?: 'primary' | 'default' | 'text' | 'link';
  danger?: boolean;
  size?: 'small' | 'middle' | 'large';
  /** Why it cannot be used now: rule or missing permission, its scope, who can change it. Set = disabled. */
  reason?: React.ReactNode;
  /** Show the reason without hovering: for the main button of a page (rule 33). */
  reasonOpen?: boolean;
  busy?: boolean;
  shortcut?: string | undefined;
  htmlType?: 'button' | 'submit';
  block?: boolean;
  onClick?: (() => void) | undefined;
}

/**
 * A button that says why it is disabled. It stays focusable and announces its reason, because a control that
 * cannot be reached cannot explain itself; so `aria-disabled` instead of `disabled`.
 */
export function ActionButton(props: ActionButtonProps) {
  const { children, label, icon, kind = 'default', danger = false, size = 'middle', reason, busy = false } = props;
  const reasonId = useId();
  const blocked = reason !== undefined && reason !== null && reason !== '';
  const title = blocked ? reason : (props.shortcut ?? (children ? undefined : label));
  const button = (
    <Button
      type={kind}
      danger={danger}
      size={size}
      icon={icon}
      block={props.block ?? false}
      htmlType={props.htmlType ?? 'button'}
      aria-label={label}
      aria-disabled={blocked || busy}
      aria-busy={busy}
      aria-describedby={blocked ? reasonId : undefined}
      className={blocked ? styles.blocked : ''}
      onClick={(event) => {
        if (blocked || busy) {
          event.preventDefault();
          return;
        }
        props.onClick?.();
      }}
    >
      {children}
    </Button>
  );
  return (
    <>
      {title === undefined ? (
        button
      ) : (
        <Tooltip title={title} {...(blocked && props.reasonOpen ? { open: true } : {})}>
          {button}
        </Tooltip>
      )}
      {blocked && (
        <span id={reasonId} className="bs-visually-hidden">
          {reason}
        </span>
      )}
    </>
  );
}
