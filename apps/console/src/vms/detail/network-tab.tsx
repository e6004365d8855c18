'use client';
import { Panel, PanelGrid, PanelStack, RelativeTime } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { Copy, none } from '../vm-facts.tsx';
import { NicTable } from './device-tables.tsx';
import { useVm } from './vm-context.tsx';
import styles from './vm-detail.module.css';

/** NICs as the platform made them, and addresses as the guest sees them. */
export function NetworkTab() {
  const t = useTranslations('vm.nics');
  const locale = useLocale();
  const { vm } = useVm();
  return (
    <PanelGrid>
      <PanelStack>
        <Panel title={t('title')} count={vm.nics.length} flush>
          <NicTable vm={vm} />
        </Panel>
        {vm.guest && vm.guest.interfaces.length > 0 && (
          <Panel
            title={t('inGuest')}
            hint={t.rich('seenAt', { time: () => <RelativeTime at={vm.guest?.seenAt ?? ''} locale={locale} /> })}
            flush
          >
            <table className={styles.table} aria-label={t('inGuest')}>
              <tbody>
                {vm.guest.interfaces.map((item) => (
                  <tr key={item.name}>
                    <td>{item.name}</td>
                    <td className="bs-mono">{item.mac}</td>
                    <td>
                      {item.addresses.length === 0
                        ? none
                        : item.addresses.map((address) => <Copy key={address} text={address} />)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Panel>
        )}
      </PanelStack>
    </PanelGrid>
  );
}
