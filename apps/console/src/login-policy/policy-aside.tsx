'use client';
import { AsideBlock, StateMark } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import styles from './login-policy.module.css';
import { changesOf, type PolicyField, type PolicyForm } from './policy-form.ts';

type NamedKey = 'password_minLength';
const named = (field: PolicyField) => field.replace('.', '_') as NamedKey;

/** What was changed so far, and what follows from it for whoever is signed in. */
export function PolicyAside({ before, after }: { before: PolicyForm; after: PolicyForm }) {
  const t = useTranslations('loginPolicy');
  const changed = changesOf(before, after);
  const words = (form: PolicyForm, field: PolicyField) => {
    const value = form[field];
    if (typeof value === 'boolean') return value ? t('on') : t('off');
    return value === null ? '—' : `${value} ${t(`units.${named(field)}`)}`;
  };
  const tighter =
    (after['password.minLength'] ?? 0) > (before['password.minLength'] ?? 0) ||
    (after['password.minClasses'] ?? 0) > (before['password.minClasses'] ?? 0);
  const force = after['password.forceChangeWhenNonCompliant'];
  const effects = [
    ...(tighter ? [force ? t('effects.tighterForced') : t('effects.tighter')] : []),
    ...(force && !before['password.forceChangeWhenNonCompliant'] && !tighter ? [t('effects.forced')] : []),
    ...(after['password.expiryEnforced'] &&
    (!before['password.expiryEnforced'] || (after['password.expiryDays'] ?? 0) < (before['password.expiryDays'] ?? 0))
      ? [t('effects.expiry', { days: after['password.expiryDays'] ?? 0 })]
      : []),
    ...(after['session.single'] && !before['session.single'] ? [t('effects.single')] : []),
    ...(!after['session.single'] && (after['session.maxPerAccount'] ?? 0) < (before['session.maxPerAccount'] ?? 0)
      ? [t('effects.fewerSessions')]
      : []),
    ...((after['session.idleMinutes'] ?? 0) < (before['session.idleMinutes'] ?? 0) ? [t('effects.idle')] : []),
    ...(!after['lockout.enabled'] && before['lockout.enabled'] ? [t('effects.noLockout')] : []),
    ...((after.apiKeysPerAccount ?? 0) < (before.apiKeysPerAccount ?? 0) ? [t('effects.fewerKeys')] : []),
  ];
  return (
    <>
      <AsideBlock title={t('aside.changes')}>
        {changed.length === 0 ? (
          <p className="bs-tertiary">{t('aside.none')}</p>
        ) : (
          <ul className={styles.changes}>
            {changed.map((field) => (
              <li key={field}>
                <b>{t(`fields.${named(field)}`)}</b>
                <span className="bs-tertiary">{words(before, field)}</span> → {words(after, field)}
              </li>
            ))}
          </ul>
        )}
      </AsideBlock>
      <AsideBlock title={t('aside.effects')}>
        <ul className={styles.effects}>
          {effects.map((text) => (
            <li key={text}>
              <StateMark tone="warn" />
              <span>{text}</span>
            </li>
          ))}
          <li>
            <StateMark tone="off" />
            <span className="bs-secondary">{t('effects.next')}</span>
          </li>
        </ul>
      </AsideBlock>
    </>
  );
}
