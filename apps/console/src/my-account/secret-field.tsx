'use client';
import { Field, fieldHintId } from '@basalt/ui';
import { Input } from 'antd';

interface SecretFieldProps {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  hint?: React.ReactNode;
  autoFocus?: boolean;
}

/** The present password, asked for before something that matters. */
export function PasswordField({ id, label, value, onChange, error, hint, autoFocus = false }: SecretFieldProps) {
  return (
    <Field id={id} label={label} required error={error} hint={hint}>
      <Input.Password
        id={id}
        autoFocus={autoFocus}
        autoComplete="current-password"
        aria-describedby={fieldHintId(id)}
        status={error === undefined ? '' : 'error'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
