'use client';
import { Field, FieldGrid, fieldHintId, FormSection, Segments } from '@basalt/ui';
import { Checkbox, Input, InputNumber } from 'antd';
import { useTranslations } from 'next-intl';
import { fieldId, type CreateForm } from './create-form.ts';
import { batchNames } from './name-preview.ts';
import type { SectionProps } from './section-props.ts';
import styles from './create.module.css';

/** Name, how many, host name, login and whether to start. */
export function IdentitySection({ form, set, options, errorOf }: SectionProps) {
  const t = useTranslations('vm.create');
  const image = options.images.find((item) => item.id === form.imageId);
  const count = form.count ?? 1;
  const names = batchNames(form.name.trim(), count, form.startIndex ?? 1);
  const props = (field: string) => ({
    id: fieldId(field),
    'aria-describedby': fieldHintId(fieldId(field)),
    status: errorOf(field) === undefined ? ('' as const) : ('error' as const),
  });
  return (
    <FormSection id="identity" title={t('identity')} hint={t('required')}>
      <FieldGrid columns={3}>
        <Field
          id={fieldId('name')}
          label={t('name')}
          required
          error={errorOf('name')}
          hint={count > 1 && form.name.trim() !== '' ? t('namesPreview', names) : t('nameHint')}
        >
          <Input
            {...props('name')}
            // The one thing a newcomer types.
            autoFocus
            value={form.name}
            maxLength={128}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        <Field id={fieldId('count')} label={t('count')} error={errorOf('count')} hint={t('countHint')}>
          <InputNumber
            {...props('count')}
            className={styles.wide ?? ''}
            min={1}
            max={100}
            value={form.count}
            onChange={(value) => set({ count: value })}
          />
        </Field>
        {count > 1 ? (
          <Field id={fieldId('startIndex')} label={t('startIndex')} error={errorOf('startIndex')}>
            <InputNumber
              {...props('startIndex')}
              className={styles.wide ?? ''}
              min={0}
              max={9999}
              value={form.startIndex}
              onChange={(startIndex) => set({ startIndex })}
            />
          </Field>
        ) : (
          <Field id={fieldId('hostName')} label={t('hostName')} error={errorOf('hostName')} hint={t('hostNameHint')}>
            <Input
              {...props('hostName')}
              value={form.hostName}
              placeholder={t('hostNameAuto')}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => set({ hostName: event.target.value })}
            />
          </Field>
        )}
      </FieldGrid>
      <Field
        id={fieldId('login')}
        label={t('login')}
        hint={t(`loginHint.${form.login}`, { user: image?.defaultUser ?? 'root' })}
      >
        <Segments<CreateForm['login']>
          label={t('login')}
          size="middle"
          value={form.login}
          onChange={(login) => set({ login })}
          options={[
            { key: 'image', label: t('logins.image') },
            { key: 'password', label: t('logins.password'), disabled: image?.cloudInit === false },
            { key: 'ssh', label: t('logins.ssh'), disabled: image?.cloudInit === false },
          ]}
        />
      </Field>
      {form.login === 'password' && (
        <FieldGrid>
          <Field
            id={fieldId('password')}
            label={t('logins.password')}
            required
            error={errorOf('password')}
            hint={t('passwordHint')}
          >
            <Input.Password
              {...props('password')}
              autoComplete="new-password"
              value={form.password}
              onChange={(event) => set({ password: event.target.value })}
            />
          </Field>
        </FieldGrid>
      )}
      {form.login === 'ssh' && (
        <Field id={fieldId('sshKeys')} label={t('sshKeys')} required error={errorOf('sshKeys')} hint={t('sshKeysHint')}>
          <Input.TextArea
            {...props('sshKeys')}
            className="bs-mono"
            rows={3}
            spellCheck={false}
            value={form.sshKeys}
            onChange={(event) => set({ sshKeys: event.target.value })}
          />
        </Field>
      )}
      <Checkbox checked={form.start} onChange={(event) => set({ start: event.target.checked })}>
        {t('startNow')}
      </Checkbox>
    </FormSection>
  );
}
