'use client';
import { ActionButton, Field, fieldHintId, iconProps } from '@basalt/ui';
import { Input } from 'antd';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { untypable } from './key-text.ts';
import styles from './vm-console.module.css';

interface TypeTextPanelProps {
  blocked: string | undefined;
  onType: (text: string) => void;
  onClose: () => void;
}

/** Text that is typed into the guest key by key: for passwords and commands where there is no clipboard. */
export function TypeTextPanel({ blocked, onType, onClose }: TypeTextPanelProps) {
  const t = useTranslations('vm.console');
  const c = useTranslations('common');
  const [text, setText] = useState('');
  const odd = untypable(text);
  const reason = blocked ?? (text === '' ? t('typeNothing') : undefined);
  const type = (more: string) => {
    onType(text + more);
    setText('');
  };
  return (
    <aside className={styles.panel} aria-label={t('typeText')} data-own-keys="">
      <div className={styles.panelHead}>
        <h2>{t('typeText')}</h2>
        <ActionButton kind="text" size="small" label={c('close')} icon={<X {...iconProps()} />} onClick={onClose} />
      </div>
      <p className="bs-secondary">{t('typeWhy')}</p>
      <Field
        id="console-text"
        label={t('typeContent')}
        hint={t('typeCount', { count: Array.from(text).length })}
        error={odd.length > 0 ? t('typeOdd', { characters: odd.slice(0, 10).join(' ') }) : undefined}
      >
        <Input.TextArea
          id="console-text"
          className="bs-mono"
          rows={6}
          autoFocus
          spellCheck={false}
          aria-describedby={fieldHintId('console-text')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      <div className={styles.panelActions}>
        <ActionButton kind="primary" reason={reason} onClick={() => type('')}>
          {t('typeSend')}
        </ActionButton>
        <ActionButton reason={reason} onClick={() => type('\n')}>
          {t('typeSendEnter')}
        </ActionButton>
      </div>
    </aside>
  );
}
