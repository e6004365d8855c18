'use client';
import { BarButton, BasaltField, Logo, StateLabel, iconProps, useTheme } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { Languages, SunMoon } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useTRPC } from '@/api/client.ts';
import { useLocaleChange } from '@/i18n/use-locale-change.ts';
import styles from './auth-frame.module.css';
import { useHydrated } from './use-hydrated.ts';

/**
 * The picture at the left, the form at the right, the state of the platform below it. The form comes with its script: what
 * is typed into a form before is forgotten, and what is sent from it goes into the address, password included.
 */
export function AuthFrame({ children }: { children: React.ReactNode }) {
  const t = useTranslations();
  const locale = useLocale();
  const trpc = useTRPC();
  const changeLocale = useLocaleChange();
  const { resolved, setChoice } = useTheme();
  const hydrated = useHydrated();
  const info = useQuery(trpc.platform.info.queryOptions({}));
  const other = locale === 'zh-CN' ? 'en-US' : 'zh-CN';
  return (
    <div className={styles.page}>
      <div className={styles.art}>
        <BasaltField />
        <div className={styles.caption}>
          <div className={styles.wordmark}>
            <Logo size={36} label={t('common.productFull')} />
            <span>
              {t('common.product')}
              {locale === 'zh-CN' && <span className={styles.latin}>{t('common.brand')}</span>}
            </span>
          </div>
          <p>{t('common.tagline')}</p>
        </div>
      </div>
      <main className={styles.pane}>
        <div className={styles.top}>
          <BarButton onClick={() => changeLocale(other)} aria-label={t('auth.language')}>
            <Languages {...iconProps()} />
            {t(`common.languages.${locale}`)}
          </BarButton>
          <BarButton
            onClick={() => setChoice(resolved === 'dark' ? 'light' : 'dark')}
            aria-label={t('auth.theme')}
            title={t('auth.theme')}
          >
            <SunMoon {...iconProps()} />
          </BarButton>
        </div>
        <div className={styles.box}>{hydrated && children}</div>
        <div className={styles.bottom}>
          {info.data && (
            <>
              <StateLabel tone="ok">{t('auth.ready')}</StateLabel>
              <span>{t('auth.version', { version: info.data.version })}</span>
            </>
          )}
          {info.isError && <StateLabel tone="err">{t('auth.unreachable')}</StateLabel>}
        </div>
      </main>
    </div>
  );
}
