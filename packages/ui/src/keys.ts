'use client';
import { useEffect, useRef } from 'react';

/** True where a key press belongs to what has the focus: fields, menus and dialogs. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"], [data-own-keys]',
    ) !== null
  );
}

/**
 * Calls `onKey` for key presses of the whole page that belong to no field or dialog and carry no modifier.
 * `onKey` answers whether it used the key; then nobody else gets it.
 */
export function usePageKeys(onKey: (key: string, event: KeyboardEvent) => boolean, enabled = true): void {
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  }, [onKey]);
  useEffect(() => {
    if (!enabled) return undefined;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      if (latest.current(event.key, event)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [enabled]);
}
