'use client';
import { Button, Checkbox, Popover } from 'antd';
import { Columns3 } from 'lucide-react';
import styles from './column-chooser.module.css';
import type { DataColumn } from './data-table-types.ts';
import { visibleColumns } from './data-table.tsx';
import { iconProps } from './icon-size.ts';

export interface ColumnChooserProps<Row> {
  columns: readonly DataColumn<Row>[];
  visible: readonly string[] | undefined;
  /** Undefined restores the default. */
  onChange: (visible: readonly string[] | undefined) => void;
  label: string;
  resetLabel: string;
}

/** Which columns a list shows. The first cannot be taken away. */
export function ColumnChooser<Row>({ columns, visible, onChange, label, resetLabel }: ColumnChooserProps<Row>) {
  const shown = visibleColumns(columns, visible).map((column) => column.key);
  const toggle = (key: string, on: boolean) =>
    onChange(
      columns
        .slice(1)
        .map((column) => column.key)
        .filter((k) => (k === key ? on : shown.includes(k))),
    );
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div className={styles.menu}>
          {columns.map((column, index) => (
            <Checkbox
              key={column.key}
              checked={shown.includes(column.key)}
              disabled={index === 0}
              onChange={(event) => toggle(column.key, event.target.checked)}
            >
              {column.title}
            </Checkbox>
          ))}
          <Button type="link" size="small" onClick={() => onChange(undefined)}>
            {resetLabel}
          </Button>
        </div>
      }
    >
      <Button icon={<Columns3 {...iconProps()} />}>
        {label} {shown.length}/{columns.length}
      </Button>
    </Popover>
  );
}
