'use client';
import { ActionButton, FactGrid, Field, fieldHintId, formatExact, Panel, StateLabel, useToast } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { cleanCode } from '@/auth/totp-code.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import styles from './my-account.module.css';
import { PromptDialog } from './prompt-dialog.tsx';
import { PasswordField } from './secret-field.tsx';
import { TotpEnrol, type Enrolment } from './totp-enrol.tsx';
import type { MyAccount } from './use-my-account.ts';

const fewCodes = 3;

/** Two-factor sign-in: off, being turned on in three steps, or on. */
export function TotpPanel({ account, reread }: { account: MyAccount; reread: () => void }) {
  const t = useTranslations('myAccount.totp');
  const reason = usePermissionReason()('myAccount:update');
  const [asking, setAsking] = useState<'prepare' | 'disable' | null>(null);
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const { enabled, since, recoveryCodesLeft } = account.totp;
  const end = () => {
    setAsking(null);
    setEnrolment(null);
    reread();
  };
  return (
    <Panel title={t('title')} {...(enrolment ? { hint: t('enrolling') } : {})}>
      {enrolment ? (
        <TotpEnrol enrolment={enrolment} onEnd={end} reread={reread} />
      ) : (
        <div className={styles.stackGap}>
          <StateLabel tone={enabled ? 'ok' : 'off'}>{enabled ? t('on') : t('off')}</StateLabel>
          <p className="bs-secondary">{enabled ? t('onWhy') : t('offWhy')}</p>
          {enabled && (
            <FactGrid
              facts={[
                { key: 'since', label: t('since'), value: since === null ? undefined : formatExact(new Date(since)) },
                {
                  key: 'codes',
                  label: t('codesLeft'),
                  value: (
                    <span className={recoveryCodesLeft < fewCodes ? 'bs-warn' : undefined}>
                      {t('codesCount', { count: recoveryCodesLeft })}
                      {recoveryCodesLeft < fewCodes && ` · ${t('codesFew')}`}
                    </span>
                  ),
                },
              ]}
            />
          )}
          <div>
            {enabled ? (
              <ActionButton danger reason={reason} onClick={() => setAsking('disable')}>
                {t('disable')}
              </ActionButton>
            ) : (
              <ActionButton reason={reason} onClick={() => setAsking('prepare')}>
                {t('enable')}
              </ActionButton>
            )}
          </div>
        </div>
      )}
      {asking === 'prepare' && (
        <PrepareDialog
          onDone={(found) => {
            setAsking(null);
            setEnrolment(found);
          }}
          onCancel={() => setAsking(null)}
        />
      )}
      {asking === 'disable' && <DisableDialog onDone={end} onCancel={() => setAsking(null)} />}
    </Panel>
  );
}

function PrepareDialog({ onDone, onCancel }: { onDone: (found: Enrolment) => void; onCancel: () => void }) {
  const t = useTranslations('myAccount.totp');
  const p = useTranslations('myAccount.profile');
  const a = useTranslations('auth');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);
  const prepare = useMutation(trpc.myAccount.prepareTotp.mutationOptions({ onSuccess: onDone }));
  return (
    <PromptDialog
      title={t('enable')}
      subtitle={t('prepareWhy')}
      confirmLabel={t('continue')}
      busy={prepare.isPending}
      error={prepare.isError ? readable(prepare.error, locale, c('noAnswer')).text : undefined}
      onCancel={onCancel}
      onConfirm={() => {
        setMissing(password === '');
        if (password !== '') prepare.mutate({ password });
      }}
    >
      <PasswordField
        id="totp-password"
        autoFocus
        label={p('passwordNow')}
        value={password}
        onChange={setPassword}
        error={missing && password === '' ? a('passwordMissing') : undefined}
      />
    </PromptDialog>
  );
}

function DisableDialog({ onDone, onCancel }: { onDone: () => void; onCancel: () => void }) {
  const t = useTranslations('myAccount.totp');
  const p = useTranslations('myAccount.profile');
  const a = useTranslations('auth');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const toast = useToast();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [errors, setErrors] = useState<{ password?: string; code?: string }>({});
  const disable = useMutation(
    trpc.myAccount.disableTotp.mutationOptions({
      onSuccess: () => {
        toast({ tone: 'ok', title: t('disabled') });
        onDone();
      },
      onError: (error) => {
        const shape = shapeOf(error);
        const { text } = readable(error, locale, c('noAnswer'));
        if (shape?.field === 'password' || shape?.code === 'wrongCredentials') setErrors({ password: text });
        else if (shape?.code === 'codeInvalid') setErrors({ code: text });
      },
    }),
  );
  return (
    <PromptDialog
      danger
      title={t('disable')}
      facts={[{ key: 'weaker', tone: 'warn', text: t('disableWhy') }]}
      confirmLabel={t('disable')}
      busy={disable.isPending}
      error={
        disable.isError && Object.keys(errors).length === 0
          ? readable(disable.error, locale, c('noAnswer')).text
          : undefined
      }
      onCancel={onCancel}
      onConfirm={() => {
        const found: typeof errors = {};
        if (password === '') found.password = a('passwordMissing');
        if (code.length < 6) found.code = t('codeMissing');
        setErrors(found);
        if (Object.keys(found).length === 0) disable.mutate({ password, code, requestToken: requestTokenMake() });
      }}
    >
      <PasswordField
        id="totp-off-password"
        autoFocus
        label={p('passwordNow')}
        value={password}
        onChange={setPassword}
        error={errors.password}
      />
      <Field id="totp-off-code" label={t('codeOrRecovery')} required error={errors.code}>
        <Input
          id="totp-off-code"
          className="bs-mono"
          autoComplete="one-time-code"
          spellCheck={false}
          aria-describedby={fieldHintId('totp-off-code')}
          status={errors.code === undefined ? '' : 'error'}
          value={code}
          onChange={(event) => setCode(cleanCode(event.target.value, 'recovery'))}
        />
      </Field>
    </PromptDialog>
  );
}
