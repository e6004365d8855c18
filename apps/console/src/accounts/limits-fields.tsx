'use client';
import { ActionButton, Field, fieldHintId, iconProps } from '@basalt/ui';
import { Input, Select } from 'antd';
import { Plus, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { everyDay, workDays, type HoursRow, type LimitsValues } from './limits-form.ts';
import styles from './accounts.module.css';

const zones = (): string[] => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];

interface LimitsFieldsProps {
  values: LimitsValues;
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<LimitsValues>) => void;
}

/** Where from and when an account may be used; the same for console and API. */
export function LimitsFields({ values, errors, onChange }: LimitsFieldsProps) {
  const t = useTranslations('accounts.limits');
  const setRow = (index: number, change: Partial<HoursRow>) =>
    onChange({ hours: values.hours.map((row, at) => (at === index ? { ...row, ...change } : row)) });
  return (
    <>
      <Field id="account-sources" label={t('sources')} error={errors['sources']} hint={t('sourcesHint')}>
        <Input.TextArea
          id="account-sources"
          aria-describedby={fieldHintId('account-sources')}
          status={errors['sources'] === undefined ? '' : 'error'}
          className="bs-mono"
          rows={2}
          spellCheck={false}
          value={values.sources}
          onChange={(event) => onChange({ sources: event.target.value })}
        />
      </Field>
      <Field
        id="account-hours"
        label={t('hours')}
        error={errors['hours']}
        hint={values.hours.length === 0 ? t('hoursNone') : t('hoursHint')}
        extra={
          <ActionButton
            kind="link"
            size="small"
            icon={<Plus {...iconProps(14)} />}
            onClick={() => onChange({ hours: [...values.hours, { days: [...workDays], from: '08:00', to: '18:00' }] })}
          >
            {t('addHours')}
          </ActionButton>
        }
      >
        <div id="account-hours" tabIndex={-1} className={styles.hours}>
          {values.hours.map((row, index) => (
            // Rows have no identity of their own; they are only appended and removed.
            // oxlint-disable-next-line react/no-array-index-key
            <div key={index} className={styles.hoursRow}>
              <Select
                mode="multiple"
                maxTagCount="responsive"
                className={styles.grow ?? ''}
                aria-label={t('days', { number: index + 1 })}
                placeholder={t('daysNone')}
                value={row.days}
                onChange={(days: number[]) => setRow(index, { days })}
                options={everyDay.map((day) => ({ value: day, label: t(`day.${day}`) }))}
              />
              <Input
                className={styles.clock ?? ''}
                aria-label={t('from', { number: index + 1 })}
                value={row.from}
                placeholder="08:00"
                onChange={(event) => setRow(index, { from: event.target.value })}
              />
              <span aria-hidden>–</span>
              <Input
                className={styles.clock ?? ''}
                aria-label={t('to', { number: index + 1 })}
                value={row.to}
                placeholder="18:00"
                onChange={(event) => setRow(index, { to: event.target.value })}
              />
              <ActionButton
                kind="text"
                label={t('removeHours', { number: index + 1 })}
                icon={<Trash2 {...iconProps(14)} />}
                onClick={() => onChange({ hours: values.hours.filter((_, at) => at !== index) })}
              />
            </div>
          ))}
        </div>
      </Field>
      {values.hours.length > 0 && (
        <Field id="account-timeZone" label={t('timeZone')} error={errors['timeZone']} hint={t('timeZoneHint')}>
          <Select
            id="account-timeZone"
            aria-describedby={fieldHintId('account-timeZone')}
            showSearch
            value={values.timeZone}
            onChange={(timeZone: string) => onChange({ timeZone })}
            options={zones().map((zone) => ({ value: zone, label: zone }))}
          />
        </Field>
      )}
    </>
  );
}
