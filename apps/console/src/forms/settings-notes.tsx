'use client';
import { ActionButton, FormErrors, Note } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import type { SettingsForm } from './use-settings-form.ts';

interface SettingsNotesProps<Field extends string> {
  settings: Pick<SettingsForm<never, never, Field>, 'wrong' | 'failed' | 'readAgain'>;
  label: (field: Field) => string;
  /** Names the way out of a change that somebody else was faster with. */
  readAgain: string;
}

/** What is wrong with a form of settings, once at its top. */
export function SettingsNotes<Field extends string>({ settings, label, readAgain }: SettingsNotesProps<Field>) {
  const c = useTranslations('common');
  const { failed } = settings;
  return (
    <>
      <FormErrors
        title={c('fixFields')}
        errors={settings.wrong.map(({ field, id }) => ({ id, label: label(field) }))}
      />
      {failed && (
        <Note
          tone="err"
          action={
            failed.stale && (
              <ActionButton kind="link" size="small" onClick={settings.readAgain}>
                {readAgain}
              </ActionButton>
            )
          }
        >
          {failed.text}
        </Note>
      )}
    </>
  );
}
