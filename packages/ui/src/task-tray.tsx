'use client';
import { ChevronDown, ChevronUp, ListChecks } from 'lucide-react';
import { Bar } from './bar.tsx';
import { iconProps } from './icon-size.ts';
import { StateMark } from './state-mark.tsx';
import type { StateTone } from './tokens.ts';
import styles from './task-tray.module.css';

export interface TrayTask {
  key: string;
  tone: StateTone;
  name: React.ReactNode;
  /** What it works on. */
  target?: React.ReactNode;
  /** 0..1 while it runs, with the accessible name of its bar. */
  progress?: { value: number; label: string; text: React.ReactNode } | undefined;
  /** What it is doing now, or why it failed. */
  detail?: React.ReactNode;
  /** Time left or taken. */
  time?: React.ReactNode;
  /** Steps and logs, cancel, retry. */
  actions?: React.ReactNode;
}

export interface TaskTrayProps {
  open: boolean;
  onToggle: () => void;
  title: React.ReactNode;
  toggleLabel: string;
  /** Mine / all. */
  filter?: React.ReactNode;
  /** "today 212 done, 2 failed"; while folded the running task stands here. */
  summary: React.ReactNode;
  tasks: readonly TrayTask[];
  empty: React.ReactNode;
  /** Link to the task centre. */
  extra?: React.ReactNode;
}

/** The tray at the bottom of every page: one line while folded, the latest tasks while open. */
export function TaskTray(props: TaskTrayProps) {
  const { open, tasks } = props;
  return (
    <section className={styles.tray} aria-label={props.toggleLabel}>
      <div className={styles.head}>
        <ListChecks {...iconProps()} />
        <b>{props.title}</b>
        {open && props.filter}
        <span className={styles.summary}>{props.summary}</span>
        {props.extra}
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={open}
          aria-label={props.toggleLabel}
          onClick={props.onToggle}
        >
          {open ? <ChevronDown {...iconProps()} /> : <ChevronUp {...iconProps()} />}
        </button>
      </div>
      {open && tasks.length === 0 && <p className={styles.empty}>{props.empty}</p>}
      {open && tasks.length > 0 && (
        <ul className={styles.list}>
          {tasks.map((task) => (
            <li key={task.key}>
              <span className={styles.name}>
                <StateMark tone={task.tone} />
                <span>{task.name}</span>
                <span className="bs-tertiary">{task.target}</span>
              </span>
              <span className={styles.progress}>
                {task.progress && (
                  <>
                    <Bar
                      value={task.progress.value}
                      label={task.progress.label}
                      tone={task.tone === 'err' ? 'err' : 'busy'}
                    />
                    <span>{task.progress.text}</span>
                  </>
                )}
              </span>
              <span className={styles.detail}>{task.detail}</span>
              <span className={styles.time}>{task.time}</span>
              <span className={styles.actions}>{task.actions}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
