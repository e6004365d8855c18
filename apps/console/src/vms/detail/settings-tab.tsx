'use client';
import { procedures } from '@basalt/contract';
import { ActionButton, ConfirmDialog, Field, fieldHintId, Panel, PanelGrid, useToast } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { useRegion } from '@/session/session.tsx';
import { useActionReason } from '../actions/use-action-reason.ts';
import { useForeignFact, useIsForeign } from '../actions/use-foreign-fact.ts';
import { useProblemText } from '../create/use-problem-text.ts';
import { requestTokenMake } from '../request-token.ts';
import { useVm } from './vm-context.tsx';
import styles from './vm-detail.module.css';

/** Name and note. */
export function SettingsTab() {
  const t = useTranslations('vm.settings');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const region = useRegion();
  const toast = useToast();
  const words = useProblemText();
  const { vm } = useVm();
  const [name, setName] = useState(vm.name);
  const [note, setNote] = useState(vm.note);
  const [asked, setAsked] = useState(false);
  const isForeign = useIsForeign();
  const foreignFact = useForeignFact();
  const update = useMutation(
    trpc.vm.update.mutationOptions({
      onSettled: () => setAsked(false),
      onSuccess: () => {
        toast({ tone: 'ok', title: t('saved') });
        void queries.invalidateQueries({ queryKey: trpc.vm.get.pathKey() });
        void queries.invalidateQueries({ queryKey: trpc.vm.list.pathKey() });
      },
    }),
  );
  const denied = useActionReason()('rename', vm);
  const parsed = procedures.vm.update.input.safeParse({ region, id: vm.id, name: name.trim(), note });
  const problemAt = (field: 'name' | 'note'): string | undefined => {
    const issue = parsed.success ? undefined : parsed.error.issues.find((item) => item.path[0] === field);
    if (issue) return words.text({ field, kind: field, missing: field === 'name' && name === '', rule: issue.message });
    const failed = update.isError ? readable(update.error, locale, c('noAnswer')) : undefined;
    return failed?.field === field || (failed && failed.field === null && field === 'name') ? failed.text : undefined;
  };
  const unchanged = name.trim() === vm.name && note === vm.note;
  const save = () => update.mutate({ region, id: vm.id, name: name.trim(), note, requestToken: requestTokenMake() });
  return (
    <PanelGrid>
      <Panel title={t('title')}>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (denied === undefined && !unchanged && parsed.success) {
              if (isForeign(vm)) setAsked(true);
              else save();
            }
          }}
        >
          <Field id="vm-settings-name" label={t('name')} required error={problemAt('name')}>
            <Input
              id="vm-settings-name"
              aria-describedby={fieldHintId('vm-settings-name')}
              status={problemAt('name') ? 'error' : ''}
              value={name}
              disabled={denied !== undefined}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <Field id="vm-settings-note" label={t('note')} error={problemAt('note')}>
            <Input.TextArea
              id="vm-settings-note"
              aria-describedby={fieldHintId('vm-settings-note')}
              rows={3}
              value={note}
              disabled={denied !== undefined}
              onChange={(event) => setNote(event.target.value)}
            />
          </Field>
          <ActionButton
            kind="primary"
            htmlType="submit"
            busy={update.isPending}
            reason={denied ?? (unchanged ? t('unchanged') : undefined)}
          >
            {c('save')}
          </ActionButton>
        </form>
        {asked && (
          <ConfirmDialog
            open
            title={t('confirm', { name: vm.name })}
            facts={foreignFact([vm])}
            confirmLabel={c('save')}
            cancelLabel={c('cancel')}
            closeLabel={c('close')}
            busy={update.isPending}
            onCancel={() => setAsked(false)}
            onConfirm={save}
          />
        )}
      </Panel>
    </PanelGrid>
  );
}
