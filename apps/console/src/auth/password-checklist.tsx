'use client';
import { StateMark } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import styles from './auth-form.module.css';
import { passwordRuleStates, type PasswordRules } from './password-rules.ts';

/** What a new password must have, each rule with its mark while one types. */
export function PasswordChecklist({ id, password, rules }: { id: string; password: string; rules: PasswordRules }) {
  const t = useTranslations('auth.policy');
  return (
    <ul id={id} className={styles.checklist} aria-label={t('label')}>
      {passwordRuleStates(password, rules).map(({ key, met }) => (
        <li key={key} data-met={met}>
          <StateMark tone={met ? 'ok' : 'off'} size={11} />
          <span className={key === 'characters' ? styles.characters : undefined}>
            {key === 'characters'
              ? t.rich('characters', { symbols: () => <span className="bs-mono">{rules.symbols}</span> })
              : t(key, { min: rules.minLength, max: rules.maxLength, classes: rules.minClasses })}
          </span>
          <span className="bs-visually-hidden">{met ? t('met') : t('unmet')}</span>
        </li>
      ))}
    </ul>
  );
}
