'use client';
import { FactGrid, Kbd } from '@basalt/ui';
import { Modal } from 'antd';
import { useTranslations } from 'next-intl';
import { navigation } from './navigation.tsx';
import styles from './key-help.module.css';

/** Every key of the console, from the same data that the keys are bound with. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('shell');
  const keys = (...names: string[]) => (
    <>
      {names.map((name) => (
        <Kbd key={name}>{name}</Kbd>
      ))}
    </>
  );
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      title={t('keys.title')}
      width={640}
      closable={{ 'aria-label': t('keys.closeDialog') }}
    >
      <div className={styles.columns}>
        <div>
          <h3>{t('keys.everywhere')}</h3>
          <FactGrid
            facts={[
              { key: 'palette', label: keys('Ctrl', 'K'), value: t('keys.palette') },
              { key: 'search', label: keys('/'), value: t('keys.search') },
              { key: 'help', label: keys('?'), value: t('keys.help') },
              { key: 'create', label: keys('c'), value: t('keys.create') },
              ...navigation
                .flatMap((service) => service.pages)
                .map((page) => ({
                  key: page.key,
                  label: keys('g', page.letter),
                  value: t('keys.goto', { page: t(`nav.${page.key}`) }),
                })),
            ]}
          />
        </div>
        <div>
          <h3>{t('keys.lists')}</h3>
          <FactGrid
            facts={[
              { key: 'j', label: keys('j'), value: t('keys.down') },
              { key: 'k', label: keys('k'), value: t('keys.up') },
              { key: 'x', label: keys('x'), value: t('keys.select') },
              { key: 'enter', label: keys('↵'), value: t('keys.open') },
            ]}
          />
        </div>
      </div>
    </Modal>
  );
}
