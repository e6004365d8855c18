'use client';
import { Modal } from 'antd';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { cx } from './cx.ts';
import { iconProps } from './icon-size.ts';
import { Kbd } from './kbd.tsx';
import styles from './palette.module.css';

export interface PaletteItem {
  key: string;
  label: React.ReactNode;
  icon?: React.ReactNode;
  detail?: React.ReactNode;
  keys?: readonly string[];
  /** Why it cannot be used; the item stays. */
  reason?: React.ReactNode;
  onRun: () => void;
}

export interface PaletteGroup {
  key: string;
  title: React.ReactNode;
  items: readonly PaletteItem[];
}

export interface PaletteProps {
  open: boolean;
  onClose: () => void;
  text: string;
  onText: (text: string) => void;
  groups: readonly PaletteGroup[];
  label: string;
  placeholder: string;
  empty: React.ReactNode;
  foot: React.ReactNode;
}

/** The command palette: one field, groups of results, all by keyboard. The caller filters and searches. */
export function Palette(props: PaletteProps) {
  const items = props.groups.flatMap((group) => group.items);
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, Math.max(0, items.length - 1));
  const run = (item: PaletteItem | undefined) => {
    if (!item || item.reason !== undefined) return;
    props.onClose();
    item.onRun();
  };
  const optionId = (key: string | undefined) => (key === undefined ? undefined : `palette-${key}`);
  return (
    <Modal
      open={props.open}
      onCancel={props.onClose}
      footer={null}
      closable={false}
      width={720}
      className={styles.palette ?? ''}
      style={{ top: 64 }}
      destroyOnHidden
    >
      <div className={styles.field}>
        <Search {...iconProps()} />
        <input
          // Opening the palette is asking to type.
          autoFocus
          role="combobox"
          aria-label={props.label}
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={optionId(items[active]?.key)}
          placeholder={props.placeholder}
          value={props.text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setChosen(0);
            props.onText(event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setChosen((active + 1) % Math.max(1, items.length));
            else if (event.key === 'ArrowUp') setChosen((active - 1 + items.length) % Math.max(1, items.length));
            else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(items[active]);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <div id="palette-list" role="listbox" aria-label={props.label} className={styles.list}>
        {items.length === 0 && <p className={styles.empty}>{props.empty}</p>}
        {props.groups
          .filter((group) => group.items.length > 0)
          .map((group) => (
            <div key={group.key} role="group" aria-label={typeof group.title === 'string' ? group.title : undefined}>
              <div className={styles.head}>
                <span>{group.title}</span>
                <span>{group.items.length}</span>
              </div>
              {group.items.map((item) => (
                <div
                  key={item.key}
                  id={optionId(item.key)}
                  role="option"
                  aria-selected={items[active] === item}
                  aria-disabled={item.reason !== undefined}
                  tabIndex={-1}
                  className={cx(
                    styles.item,
                    items[active] === item && styles.active,
                    item.reason !== undefined && styles.blocked,
                  )}
                  ref={items[active] === item ? (node) => node?.scrollIntoView?.({ block: 'nearest' }) : undefined}
                  onMouseMove={() => setChosen(items.indexOf(item))}
                  onClick={() => run(item)}
                  onKeyDown={(event) => event.key === 'Enter' && run(item)}
                >
                  {item.icon}
                  <span className={styles.label}>{item.label}</span>
                  <span className={styles.detail}>{item.reason ?? item.detail}</span>
                  {item.keys?.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </div>
              ))}
            </div>
          ))}
      </div>
      <div className={styles.foot}>{props.foot}</div>
    </Modal>
  );
}
