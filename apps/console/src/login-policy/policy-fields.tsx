'use client';
import { Field, fieldHintId } from '@basalt/ui';
import { InputNumber, Switch } from 'antd';
import { useTranslations } from 'next-intl';
import styles from './login-policy.module.css';
import { boundsOf, type NumberField, type SwitchField } from './policy-form.ts';

/** The id of a field's control; dots would end a selector. */
export const controlId = (field: string): string => `policy-${field.replaceAll('.', '-')}`;

/** A number with its unit behind it and its bounds below. */
export function PolicyNumber(props: {
  field: NumberField;
  value: number | null;
  error: string | undefined;
  disabled: boolean;
  onChange: (value: number | null) => void;
}) {
  const { field, error } = props;
  const t = useTranslations('loginPolicy');
  const id = controlId(field);
  const { min, max } = boundsOf(field);
  const key = field.replace('.', '_') as 'password_minLength';
  return (
    <Field id={id} label={t(`fields.${key}`)} required error={error} hint={t(`hints.${key}`, { min, max })}>
      <div className={styles.number}>
        <InputNumber
          id={id}
          aria-describedby={fieldHintId(id)}
          status={error === undefined ? '' : 'error'}
          precision={0}
          disabled={props.disabled}
          value={props.value}
          onChange={props.onChange}
        />
        <span className="bs-secondary">{t(`units.${key}`)}</span>
      </div>
    </Field>
  );
}

/** A switch with its consequence beside it. */
export function PolicySwitch(props: {
  field: SwitchField;
  value: boolean;
  disabled: boolean;
  onChange: (value: boolean) => void;
}) {
  const { field } = props;
  const t = useTranslations('loginPolicy');
  const id = controlId(field);
  const key = field.replace('.', '_') as 'lockout_enabled';
  return (
    <div className={styles.switch}>
      <div className={styles.row}>
        <Switch
          id={id}
          aria-describedby={fieldHintId(id)}
          disabled={props.disabled}
          checked={props.value}
          onChange={props.onChange}
        />
        <label htmlFor={id}>{t(`fields.${key}`)}</label>
      </div>
      <div id={fieldHintId(id)} className={styles.hint}>
        {t(`hints.${key}`)}
      </div>
    </div>
  );
}
