'use client';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import styles from './confirm-dialog.module.css';
import { StateMark } from './state-mark.tsx';
import type { StateTone } from './tokens.ts';

export interface PreflightFact {
  key: string;
  tone: StateTone;
  text: React.ReactNode;
  detail?: React.ReactNode;
}

export interface ConfirmDialogProps {
  open: boolean;
  title: React.ReactNode;
  /** What happens, in one sentence. */
  subtitle?: React.ReactNode;
  /** What it touches; undefined while it is being looked up. */
  facts: readonly PreflightFact[] | undefined;
  /** Options, e.g. "keep the data disks". */
  children?: React.ReactNode;
  /** Only when other services are affected: the name to be typed and the sentence that asks for it. */
  typedName?: { name: string; prompt: React.ReactNode } | undefined;
  /** Duration and undo, in the foot. */
  foot?: React.ReactNode;
  /** Names the act, never "OK". */
  confirmLabel: React.ReactNode;
  cancelLabel: React.ReactNode;
  closeLabel: string;
  danger?: boolean;
  busy?: boolean;
  /** Why it cannot be done, or why it just failed. The dialog keeps its values. */
  error?: React.ReactNode;
  blocked?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Preflight, then the act by its name. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { typedName, busy = false, danger = false } = props;
  const [typed, setTyped] = useState('');
  const ready = props.blocked !== true && (typedName === undefined || typed.trim() === typedName.name);
  return (
    <Modal
      open={props.open}
      onCancel={props.onCancel}
      width={480}
      title={props.title}
      destroyOnHidden
      // A dialog that grows under the pointer loses the click of a quick hand.
      transitionName=""
      closable={{ 'aria-label': props.closeLabel }}
      afterClose={() => setTyped('')}
      footer={
        <div className={styles.foot}>
          <span className={styles.fact}>{props.foot}</span>
          <Button onClick={props.onCancel}>{props.cancelLabel}</Button>
          <Button type="primary" danger={danger} disabled={!ready} loading={busy} onClick={props.onConfirm}>
            {props.confirmLabel}
          </Button>
        </div>
      }
    >
      {props.subtitle !== undefined && <p className={styles.subtitle}>{props.subtitle}</p>}
      {props.facts !== undefined && props.facts.length > 0 && (
        <ul className={styles.facts}>
          {props.facts.map((fact) => (
            <li key={fact.key}>
              <StateMark tone={fact.tone} />
              <span className={styles.text}>{fact.text}</span>
              {fact.detail !== undefined && <span className={styles.detail}>{fact.detail}</span>}
            </li>
          ))}
        </ul>
      )}
      {props.children}
      {typedName && (
        <label className={styles.typed}>
          <span>{typedName.prompt}</span>
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
      )}
      {props.error !== undefined && (
        <p className={styles.error} role="alert">
          {props.error}
        </p>
      )}
    </Modal>
  );
}
