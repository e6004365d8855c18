'use client';
import type { CurrentSession } from '@basalt/contract';
import { iconProps } from '@basalt/ui';
import { Eye } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { paths } from '@/paths.ts';
import { seeAsGo } from '@/session/see-as.ts';
import { useRegion } from '@/session/session.tsx';
import styles from './see-as-banner.module.css';

/** Whose view the whole console shows now, and the way back to one's own. */
export function SeeAsBanner({ account }: { account: NonNullable<CurrentSession['seeAs']> }) {
  const t = useTranslations('shell.seeAs');
  const region = useRegion();
  return (
    <div className={styles.banner} role="status" aria-label={t('label')}>
      <Eye {...iconProps()} />
      <b>{t('who', { name: account.name, email: account.email })}</b>
      <span className={styles.rule}>{t('rule')}</span>
      <button type="button" className={styles.end} onClick={() => seeAsGo(null, paths.account(region, account.id))}>
        {t('end')}
      </button>
    </div>
  );
}
