'use client';
import { procedures } from '@basalt/contract';
import {
  ActionButton,
  CodeBlock,
  Copyable,
  FactGrid,
  Field,
  fieldHintId,
  formatDuration,
  Note,
  useNow,
} from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Input, Modal } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { useConsole } from '@/session/session.tsx';

/** A one-time token and the command that uses it; the token is shown here and never again. */
export function EnrolDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('hosts.enrol');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const { region } = useConsole();
  const now = useNow();
  const [hostName, setHostName] = useState('');
  const [error, setError] = useState<string | undefined>(undefined);
  const make = useMutation(
    trpc.host.createEnrolToken.mutationOptions({
      onError: (failure) => setError(readable(failure, locale, c('noAnswer')).text),
    }),
  );
  const close = () => {
    onClose();
    setHostName('');
    setError(undefined);
    make.reset();
  };
  const submit = () => {
    const parsed = procedures.host.createEnrolToken.input.safeParse({ region: region.key, hostName: hostName.trim() });
    setError(parsed.success ? undefined : (fieldErrors(parsed.error, locale)['hostName'] ?? t('nameRule')));
    if (parsed.success) make.mutate(parsed.data);
  };
  const token = make.data;
  const left = token ? Date.parse(token.expiresAt) - now : 0;
  return (
    <Modal
      open={open}
      onCancel={close}
      width={640}
      title={t('title')}
      destroyOnHidden
      closable={{ 'aria-label': c('close') }}
      footer={
        token ? (
          <ActionButton kind="primary" onClick={close}>
            {t('done')}
          </ActionButton>
        ) : (
          <>
            <ActionButton onClick={close}>{c('cancel')}</ActionButton>
            <ActionButton kind="primary" busy={make.isPending} onClick={submit}>
              {t('submit')}
            </ActionButton>
          </>
        )
      }
    >
      {token ? (
        <>
          <p>{t('run', { name: token.hostName })}</p>
          <CodeBlock text={token.command} label={t('command')} copyLabel={t('copyCommand')} copiedLabel={c('copied')} />
          <FactGrid
            facts={[
              {
                key: 'left',
                label: t('expires'),
                value:
                  left > 0 ? (
                    <span role="timer">{t('left', { time: formatDuration(left, locale) })}</span>
                  ) : (
                    <span className="bs-err">{t('expired')}</span>
                  ),
              },
              { key: 'endpoint', label: t('endpoint'), value: <span className="bs-mono">{token.endpoint}</span> },
              {
                key: 'fingerprint',
                label: t('fingerprint'),
                value: (
                  <Copyable
                    text={token.caFingerprint}
                    label={c('copyValue', { value: t('fingerprint') })}
                    copiedLabel={c('copied')}
                  >
                    {`${token.caFingerprint.slice(0, 23)}…`}
                  </Copyable>
                ),
              },
            ]}
          />
          <Note tone="warn">{t('once')}</Note>
        </>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p>{t('subtitle')}</p>
          <Field id="enrol-host" label={t('hostName')} required error={error} hint={t('nameRule')}>
            <Input
              id="enrol-host"
              autoFocus
              aria-describedby={fieldHintId('enrol-host')}
              spellCheck={false}
              autoComplete="off"
              value={hostName}
              status={error === undefined ? '' : 'error'}
              onChange={(event) => {
                setHostName(event.target.value);
                setError(undefined);
              }}
            />
          </Field>
        </form>
      )}
    </Modal>
  );
}
