'use client';
import { ActionButton, FormErrors, FormFoot, FormPage, Kbd, PageHeader, SkeletonLines, useToast } from '@basalt/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTRPC, useTRPCClient } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import { usePermissionReason, useRegion } from '@/session/session.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '../request-token.ts';
import { AdvancedSection } from './advanced-section.tsx';
import { CreateAside } from './create-aside.tsx';
import { createInput, createProblems, fieldId, fieldKind, fieldOnPage, type CreateForm } from './create-form.ts';
import { withDefaults } from './defaults.ts';
import { IdentitySection } from './identity-section.tsx';
import { NetworkSection } from './network-section.tsx';
import { SourceSection } from './source-section.tsx';
import { StorageSection } from './storage-section.tsx';
import { useDraft } from './use-draft.ts';
import { useOptions } from './use-options.ts';
import { usePreview } from './use-preview.ts';
import { useProblemText } from './use-problem-text.ts';

const focusField = (field: string) => {
  const target = document.getElementById(fieldId(fieldOnPage(field)));
  target?.scrollIntoView?.({ block: 'center' });
  target?.focus();
};

/** One page, everything chosen beforehand but the name; the right rail answers while one types. */
export function VmCreatePage() {
  const t = useTranslations('vm.create');
  const c = useTranslations('common');
  const locale = useLocale();
  const region = useRegion();
  const router = useRouter();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const toast = useToast();
  const denied = usePermissionReason()('vm:create');
  const { options, error: optionsError, retry } = useOptions();
  const draft = useDraft(region);
  const problemText = useProblemText();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  /** What the server refused, by field, until that field changes. */
  const [refused, setRefused] = useState<{ field: string | null; text: string }[]>([]);
  const token = useRef<{ json: string; token: string } | null>(null);
  useDescribePage(useMemo(() => ({ title: t('crumb') }), [t]));

  const form = options && draft.ready ? withDefaults(draft.form, options) : draft.form;
  const input = createInput(form, region);
  const problems = createProblems(input, form);
  const preview = usePreview(input, options !== undefined && denied === undefined);

  const set = (change: Partial<CreateForm>) => {
    draft.setForm({ ...form, ...change });
    setRefused([]);
  };
  const errorOf = (field: string): string | undefined => {
    const server = refused.find((item) => item.field === field);
    if (server) return server.text;
    const found = problems.find((item) => item.field === field);
    // What is still empty is not an error before one has tried to send.
    return found && (tried || !found.missing) ? problemText.text(found) : undefined;
  };

  const submit = async () => {
    if (busy || denied !== undefined) return;
    setTried(true);
    const [first] = problems;
    if (first) return focusField(first.field);
    const json = JSON.stringify(input);
    if (token.current?.json !== json) token.current = { json, token: requestTokenMake() };
    setBusy(true);
    setRefused([]);
    try {
      const { items } = await client.vm.create.mutate({ ...input, requestToken: token.current.token });
      token.current = null;
      draft.forget();
      void queries.invalidateQueries({ queryKey: trpc.vm.list.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.task.list.pathKey() });
      const [only] = items;
      toast({
        tone: 'busy',
        title:
          items.length === 1 && only
            ? t('creating', { name: only.vm.name })
            : t('creatingMany', { count: items.length }),
        action: only && <Link href={paths.task(region, only.taskId)}>{t('steps')}</Link>,
      });
      router.push(items.length === 1 && only ? paths.vm(region, only.vm.id) : paths.vms(region));
    } catch (cause) {
      const found = readable(cause, locale, c('noAnswer'));
      const more = shapeOf(cause)?.issues ?? [];
      const all = [
        { field: found.field === null ? null : fieldOnPage(found.field), text: found.text },
        ...more.map((item) => ({ field: fieldOnPage(item.field), text: item.message })),
      ].filter((item, index, list) => list.findIndex((other) => other.field === item.field) === index);
      setRefused(all);
      const at = all.find((item) => item.field !== null)?.field;
      if (at) focusField(at);
      setBusy(false);
    }
  };

  // The newest submit, so that the key works from any field.
  const latest = useRef(submit);
  useEffect(() => {
    latest.current = submit;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      void latest.current();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  const shown = [
    ...refused.flatMap((item) => (item.field === null ? [] : [item.field])),
    ...problems.filter((item) => tried || !item.missing).map((item) => item.field),
  ].filter((field, index, list) => list.indexOf(field) === index);
  const general = refused.find((item) => item.field === null);
  const count = form.count ?? 1;

  if (optionsError && !options)
    return (
      <>
        <PageHeader title={t('title')} />
        <QueryError title={t('optionsFailed')} error={optionsError} onRetry={retry} />
      </>
    );
  return (
    <FormPage
      header={
        <PageHeader
          title={t('title')}
          note={
            shown.length > 0 || general ? (
              <FormErrors
                title={general ? general.text : t('toFix', { count: shown.length })}
                errors={
                  shown.length > 0
                    ? shown.map((field) => ({ id: fieldId(field), label: problemText.label(fieldKind(field)) }))
                    : [{ id: fieldId('name'), label: problemText.label('name') }]
                }
              />
            ) : undefined
          }
        />
      }
      asideLabel={t('asideLabel')}
      aside={<CreateAside preview={preview} input={input} onField={focusField} />}
      foot={
        <FormFoot
          extra={
            <span className="bs-tertiary">
              <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> {t('submitKey')}
            </span>
          }
        >
          <ActionButton
            kind="primary"
            busy={busy}
            reason={denied}
            reasonOpen={denied !== undefined}
            onClick={() => void submit()}
          >
            {count > 1 ? t('submitMany', { count }) : t('submit')}
          </ActionButton>
          <Button onClick={() => router.push(paths.vms(region))}>{c('cancel')}</Button>
        </FormFoot>
      }
    >
      {options && draft.ready ? (
        <>
          <SourceSection form={form} set={set} options={options} errorOf={errorOf} />
          <StorageSection form={form} set={set} options={options} errorOf={errorOf} />
          <NetworkSection form={form} set={set} options={options} errorOf={errorOf} />
          <IdentitySection form={form} set={set} options={options} errorOf={errorOf} />
          <AdvancedSection form={form} set={set} options={options} errorOf={errorOf} />
        </>
      ) : (
        <SkeletonLines lines={8} label={c('loading')} />
      )}
    </FormPage>
  );
}
