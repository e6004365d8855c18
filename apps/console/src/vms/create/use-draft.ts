'use client';
import { useEffect, useState } from 'react';
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

/** The form, kept for this browser tab until it is sent. The password is never kept. */
export function useDraft(region: string) {
  const [form, setForm] = useState<CreateForm>(emptyForm);
  const [read, setRead] = useState(false);
  // Only after hydration: the server knows no drafts.
  useEffect(() => {
    setForm(draftOf(region));
    setRead(true);
  }, [region]);
  useEffect(() => {
    if (!read) return;
    const { password: _password, ...kept } = form;
    try {
      sessionStorage.setItem(keyOf(region), JSON.stringify(kept));
    } catch {
      // Storage full or forbidden: the form works without a draft.
    }
  }, [form, read, region]);
  const forget = () => {
    try {
      sessionStorage.removeItem(keyOf(region));
    } catch {
      // Nothing was kept then.
    }
  };
  return { form, setForm, ready: read, forget };
}
