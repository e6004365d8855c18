'use client';
import { email as emailSchema, procedures, type MailVerdict } from '@basalt/contract';
import { ActionButton, CodeBlock, Field, fieldHintId, iconProps, Panel, StateLabel } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { Send } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { VerdictList, VerdictPlace } from '@/forms/verdict-list.tsx';
import { verdictSteps } from '@/forms/verdict-steps.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { serverOf, type MailForm } from './mail-form.ts';

const stages = [
  'resolve',
  'connect',
  'tls',
  'auth',
  'sender',
  'recipient',
  'content',
  'sent',
] as const satisfies readonly MailVerdict['stage'][];

interface MailTestPanelProps {
  form: MailForm;
  /** Whether the form differs from what is stored; then the test takes what is in the form. */
  changed: boolean;
  /** Shows what is wrong in the form and answers whether it may be tested. */
  onCheck: () => boolean;
}

/** Sends one mail now and tells how far it came. */
export function MailTestPanel({ form, changed, onCheck }: MailTestPanelProps) {
  const t = useTranslations('mail.test');
  const a = useTranslations('auth');
  const trpc = useTRPC();
  const { session } = useConsole();
  const denied = usePermissionReason()('mail:test');
  const [to, setTo] = useState(session.account.email);
  const [missing, setMissing] = useState<string | undefined>(undefined);
  const [tested, setTested] = useState<MailForm>(form);
  const test = useMutation(trpc.mail.test.mutationOptions());
  const send = () => {
    const wrong = emailSchema.safeParse(to.trim()).success ? undefined : a('emailInvalid');
    setMissing(wrong);
    if (wrong !== undefined) return document.getElementById('mail-to')?.focus();
    if (changed && !onCheck()) return undefined;
    const input = procedures.mail.test.input.safeParse({
      to: to.trim(),
      ...(changed ? { settings: serverOf(form) } : {}),
      requestToken: requestTokenMake(),
    });
    if (!input.success) return undefined;
    setTested(form);
    return test.mutate(input.data);
  };
  return (
    <Panel title={t('title')} hint={changed ? t('withForm') : t('withStored')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (denied === undefined && !test.isPending) send();
        }}
      >
        <Field id="mail-to" label={t('to')} required error={missing}>
          <Input
            id="mail-to"
            type="email"
            spellCheck={false}
            disabled={denied !== undefined}
            aria-describedby={fieldHintId('mail-to')}
            status={missing === undefined ? '' : 'error'}
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </Field>
        <ActionButton
          htmlType="submit"
          icon={<Send {...iconProps(14)} />}
          busy={test.isPending}
          reason={denied ?? (form.host.trim() === '' ? t('noHost') : undefined)}
        >
          {t('send')}
        </ActionButton>
      </form>
      <VerdictPlace>
        {test.isPending && <StateLabel tone="busy">{t('sending')}</StateLabel>}
        {test.isError && <QueryError title={t('failed')} error={test.error} />}
        {test.data && !test.isPending && <Verdict verdict={test.data} form={tested} to={test.variables.to} />}
      </VerdictPlace>
    </Panel>
  );
}

function Verdict({ verdict, form, to }: { verdict: MailVerdict; form: MailForm; to: string }) {
  const t = useTranslations('mail.test');
  const c = useTranslations('common');
  const steps = verdictSteps(stages, verdict, [
    ...(form.security === 'none' ? (['tls'] as const) : []),
    ...(form.user.trim() === '' ? (['auth'] as const) : []),
  ]);
  return (
    <>
      <StateLabel tone={verdict.ok ? 'ok' : 'err'}>
        {verdict.ok ? t('sent', { to }) : t('stopped', { stage: t(`stages.${verdict.stage}`) })}
      </StateLabel>
      <p>{verdict.text}</p>
      <VerdictList
        label={t('title')}
        steps={steps}
        words={{
          stage: (stage) => t(`stages.${stage}`),
          tone: (tone) => t(`tones.${tone}`),
          skipped: t('skipped'),
        }}
      />
      {verdict.answer !== null && verdict.answer !== '' && (
        <div>
          <span className="bs-caption bs-tertiary">{t('answer')}</span>
          <CodeBlock text={verdict.answer} label={t('answer')} copyLabel={c('copy')} copiedLabel={c('copied')} />
        </div>
      )}
    </>
  );
}
