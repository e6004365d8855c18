'use client';
import { App } from 'antd';
import { useMemo } from 'react';
import type { StateTone } from './tokens.ts';
import { StateMark } from './state-mark.tsx';

export interface ToastContent {
  tone: StateTone;
  title: React.ReactNode;
  description?: React.ReactNode;
  /** E.g. an undo button or a link to the task. */
  action?: React.ReactNode;
  /** Seconds; 0 stays until it is closed. 5 unless told. */
  duration?: number;
}

/** Shows a toast bottom right, above the task tray. For what happened elsewhere; a reason belongs beside its thing (rule 55). */
export function useToast(): (toast: ToastContent) => void {
  const { notification } = App.useApp();
  return useMemo(
    () =>
      ({ tone, title, description, action, duration = 5 }: ToastContent) =>
        notification.open({ icon: <StateMark tone={tone} size={14} />, title, description, actions: action, duration }),
    [notification],
  );
}
