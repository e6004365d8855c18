'use client';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { emptyForm, type CreateForm } from './create-form.ts';

const keyOf = (region: string) => `basalt.vm-create.${region}`;

function draftOf(region: string): CreateForm {
  try {
    const text = sessionStorage.getItem(keyOf(region));
    const draft: unknown = text === null ? null : JSON.parse(text);
    return typeof draft === 'object' && draft !== null ? { ...emptyForm, ...draft, password: '' } : emptyForm;
  } catch {
    return emptyForm;
  }
}

/** Never changes: only tells the browser from the server, which knows no drafts. */
const nothing = () => () => undefined;

/** The form, kept for this browser tab until it is sent. The password is never kept. */
export function useDraft(region: string) {
  const ready = useSyncExternalStore(
    nothing,
    () => true,
    () => false,
  );
  const opened = useMemo(() => (ready ? draftOf(region) : null), [ready, region]);
  const [changed, setForm] = useState<CreateForm | null>(null);
  const form = changed ?? opened ?? emptyForm;
  useEffect(() => {
    if (changed === null) return;
    const { password: _password, ...kept } = changed;
    try {
      sessionStorage.setItem(keyOf(region), JSON.stringify(kept));
    } catch {
      // Storage full or forbidden: the form works without a draft.
    }
  }, [changed, region]);
  const forget = () => {
    try {
      sessionStorage.removeItem(keyOf(region));
    } catch {
      // Nothing was kept then.
    }
  };
  return { form, setForm, ready, forget };
}
