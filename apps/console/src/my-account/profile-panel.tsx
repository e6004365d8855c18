'use client';
import {
  ActionButton,
  FactGrid,
  Field,
  fieldHintId,
  formatExact,
  Note,
  Panel,
  Segments,
  useTheme,
  useToast,
  type ThemeChoice,
} from '@basalt/ui';
import { email as emailSchema, procedures } from '@basalt/contract';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { locales } from '@/i18n/locales.ts';
import { useLocaleChange } from '@/i18n/use-locale-change.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import styles from './my-account.module.css';
import { PromptDialog } from './prompt-dialog.tsx';
import { PasswordField } from './secret-field.tsx';
import type { MyAccount } from './use-my-account.ts';

const themes = ['light', 'dark', 'system'] as const satisfies readonly ThemeChoice[];

/** Who one is: name, address, language and theme. */
export function ProfilePanel({ account, reread }: { account: MyAccount; reread: () => void }) {
  const t = useTranslations('myAccount.profile');
  const s = useTranslations('shell');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const toast = useToast();
  const reason = usePermissionReason()('myAccount:update');
  const { choice, setChoice } = useTheme();
  const changeLocale = useLocaleChange();
  const [asking, setAsking] = useState<'name' | 'email' | null>(null);
  const preferences = useMutation(trpc.session.setPreferences.mutationOptions());
  const end = (title?: string) => {
    setAsking(null);
    if (title !== undefined) toast({ tone: 'ok', title });
    reread();
  };
  const edit = (what: 'name' | 'email') => (
    <ActionButton kind="link" size="small" reason={reason} label={t(`${what}Edit`)} onClick={() => setAsking(what)}>
      {t('edit')}
    </ActionButton>
  );
  return (
    <Panel title={t('title')}>
      {account.pendingEmail !== null && (
        <Note tone="busy" title={t('pending')}>
          {t('pendingWhy', { email: account.pendingEmail })}
        </Note>
      )}
      <div className={account.pendingEmail === null ? undefined : styles.buttons}>
        <FactGrid
          columns={2}
          facts={[
            {
              key: 'name',
              label: t('name'),
              value: (
                <>
                  {account.name} {edit('name')}
                </>
              ),
            },
            { key: 'level', label: t('level'), value: t(`levels.${account.level}`) },
            {
              key: 'email',
              label: t('email'),
              value: (
                <>
                  {account.email} {edit('email')}
                </>
              ),
            },
            { key: 'createdAt', label: t('createdAt'), value: formatExact(new Date(account.createdAt)) },
            {
              key: 'sources',
              label: t('sources'),
              value:
                account.limits.sources.length === 0 ? (
                  t('everywhere')
                ) : (
                  <span className="bs-mono">{account.limits.sources.join(', ')}</span>
                ),
            },
            {
              key: 'hours',
              label: t('hours'),
              value:
                account.limits.hours.length === 0
                  ? t('always')
                  : account.limits.hours
                      .map(({ day, from, to }) => `${t(`days.d${day as 1}`)} ${from}–${to}`)
                      .join(locale === 'zh-CN' ? '、' : ', '),
            },
          ]}
        />
      </div>
      <div className={styles.preferences}>
        <div>
          <span className="bs-tertiary">{s('language')}</span>
          <Segments
            label={s('language')}
            value={locale}
            options={locales.map((key) => ({ key, label: c(`languages.${key}`) }))}
            onChange={(value) => {
              changeLocale(value);
              preferences.mutate({ locale: value });
            }}
          />
        </div>
        <div>
          <span className="bs-tertiary">{s('theme')}</span>
          <Segments
            label={s('theme')}
            value={choice}
            options={themes.map((key) => ({ key, label: s(`themes.${key}`) }))}
            onChange={(value) => {
              setChoice(value);
              preferences.mutate({ theme: value });
            }}
          />
        </div>
      </div>
      {asking === 'name' && <NameDialog name={account.name} onEnd={end} />}
      {asking === 'email' && <EmailDialog email={account.email} onEnd={end} />}
    </Panel>
  );
}

function NameDialog({ name, onEnd }: { name: string; onEnd: (title?: string) => void }) {
  const t = useTranslations('myAccount.profile');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const [value, setValue] = useState(name);
  const [error, setError] = useState<string | undefined>(undefined);
  const update = useMutation(trpc.myAccount.update.mutationOptions({ onSuccess: () => onEnd(t('nameDone')) }));
  const submit = () => {
    const parsed = procedures.myAccount.update.input.safeParse({ name: value.trim() });
    setError(parsed.success ? undefined : fieldErrors(parsed.error, locale)['name']);
    if (parsed.success) update.mutate({ ...parsed.data, requestToken: requestTokenMake() });
  };
  return (
    <PromptDialog
      title={t('nameEdit')}
      confirmLabel={c('save')}
      busy={update.isPending}
      error={update.isError ? readable(update.error, locale, c('noAnswer')).text : undefined}
      onConfirm={submit}
      onCancel={() => onEnd()}
    >
      <Field id="my-name" label={t('name')} required error={error}>
        <Input
          id="my-name"
          autoFocus
          autoComplete="name"
          aria-describedby={fieldHintId('my-name')}
          status={error === undefined ? '' : 'error'}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
    </PromptDialog>
  );
}

function EmailDialog({ email, onEnd }: { email: string; onEnd: (title?: string) => void }) {
  const t = useTranslations('myAccount.profile');
  const a = useTranslations('auth');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const [value, setValue] = useState('');
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState<{ email?: string; password?: string }>({});
  const change = useMutation(
    trpc.myAccount.changeEmail.mutationOptions({
      onSuccess: ({ sentTo }) => onEnd(t('emailSent', { email: sentTo })),
      onError: (error) => {
        const shape = shapeOf(error);
        const { text } = readable(error, locale, c('noAnswer'));
        if (shape?.field === 'password' || shape?.code === 'wrongCredentials') setErrors({ password: text });
        else if (shape?.field === 'email') setErrors({ email: text });
      },
    }),
  );
  const submit = () => {
    const found: typeof errors = {};
    if (!emailSchema.safeParse(value.trim()).success) found.email = a('emailInvalid');
    else if (value.trim().toLowerCase() === email) found.email = t('emailSame');
    if (password === '') found.password = a('passwordMissing');
    setErrors(found);
    if (Object.keys(found).length === 0)
      change.mutate({ email: value.trim(), password, requestToken: requestTokenMake() });
  };
  return (
    <PromptDialog
      title={t('emailEdit')}
      subtitle={t('emailWhy')}
      confirmLabel={t('emailSend')}
      busy={change.isPending}
      error={
        change.isError && Object.keys(errors).length === 0
          ? readable(change.error, locale, c('noAnswer')).text
          : undefined
      }
      onConfirm={submit}
      onCancel={() => onEnd()}
    >
      <Field id="my-email" label={t('emailNew')} required error={errors.email}>
        <Input
          id="my-email"
          type="email"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          aria-describedby={fieldHintId('my-email')}
          status={errors.email === undefined ? '' : 'error'}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
      <PasswordField
        id="my-email-password"
        label={t('passwordNow')}
        value={password}
        onChange={setPassword}
        error={errors.password}
      />
    </PromptDialog>
  );
}
