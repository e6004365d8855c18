'use client';
import { Segmented } from 'antd';

export interface SegmentsProps<Key extends string> {
  options: readonly { key: Key; label: React.ReactNode; disabled?: boolean }[];
  value: Key;
  onChange: (key: Key) => void;
  label: string;
  size?: 'small' | 'middle';
  block?: boolean;
}

/** Up to six choices in one row; more is a select. */
export function Segments<Key extends string>({
  options,
  value,
  onChange,
  label,
  size = 'small',
  block = false,
}: SegmentsProps<Key>) {
  return (
    <Segmented<Key>
      aria-label={label}
      size={size}
      block={block}
      value={value}
      onChange={onChange}
      options={options.map(({ key, label: text, disabled }) => ({
        value: key,
        label: text,
        disabled: disabled ?? false,
      }))}
    />
  );
}
