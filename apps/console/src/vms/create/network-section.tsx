'use client';
import { ActionButton, Field, FieldGrid, fieldHintId, FormSection, iconProps } from '@basalt/ui';
import { Button, Input, Select } from 'antd';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { fieldId, type NicRow } from './create-form.ts';
import type { SectionProps } from './section-props.ts';
import styles from './create.module.css';

const mostNics = 8;

/** One line per NIC: network and address. MAC and model stand under "advanced". */
export function NetworkSection({ form, set, options, errorOf }: SectionProps) {
  const t = useTranslations('vm.create');
  const several = (form.count ?? 1) > 1;
  return (
    <FormSection id="network" title={t('network')} hint={t('networkHint')}>
      {form.nics.map((nic, index) => {
        const network = options.networks.find((item) => item.id === nic.networkId);
        const field = (name: keyof NicRow) => `nics.${index}.${name}`;
        const change = (part: Partial<NicRow>) =>
          set({ nics: form.nics.map((item) => (item.key === nic.key ? { ...item, ...part } : item)) });
        const free = network?.subnet ? network.subnet.total - network.subnet.used : null;
        const addressId = fieldId(field('address'));
        return (
          <div key={nic.key} className={styles.nic}>
            <FieldGrid>
              <Field
                id={fieldId(field('networkId'))}
                label={form.nics.length > 1 ? t('nic', { index }) : t('networkName')}
                required
                error={errorOf(field('networkId'))}
                hint={
                  network &&
                  (network.subnet ? t('subnetHint', { cidr: network.subnet.cidr, free: free ?? 0 }) : t('noSubnetHint'))
                }
              >
                <Select
                  id={fieldId(field('networkId'))}
                  className={styles.wide ?? ''}
                  status={errorOf(field('networkId')) ? 'error' : ''}
                  aria-describedby={fieldHintId(fieldId(field('networkId')))}
                  placeholder={t('noNetworks')}
                  value={nic.networkId === '' ? null : nic.networkId}
                  onChange={(networkId) => change({ networkId, address: '' })}
                  options={options.networks.map((item) => ({
                    value: item.id,
                    label: t('networkOption', { name: item.name, vlan: item.vlan }),
                  }))}
                />
              </Field>
              <Field
                id={addressId}
                label={t('address')}
                error={errorOf(field('address'))}
                hint={several ? t('addressSeveral') : t('addressHint')}
              >
                <Input
                  id={addressId}
                  className="bs-mono"
                  aria-describedby={fieldHintId(addressId)}
                  status={errorOf(field('address')) ? 'error' : ''}
                  placeholder={network && !network.subnet ? t('addressNone') : t('addressAuto')}
                  disabled={several || (network !== undefined && !network.subnet)}
                  value={several ? '' : nic.address}
                  onChange={(event) => change({ address: event.target.value })}
                />
              </Field>
            </FieldGrid>
            {form.nics.length > 1 && (
              <ActionButton
                kind="text"
                label={t('remove', { name: t('nic', { index }) })}
                icon={<X {...iconProps(14)} />}
                onClick={() => set({ nics: form.nics.filter((item) => item.key !== nic.key) })}
              />
            )}
          </div>
        );
      })}
      <Button
        type="link"
        size="small"
        icon={<Plus {...iconProps(14)} />}
        disabled={form.nics.length >= mostNics}
        onClick={() =>
          set({
            nics: [
              ...form.nics,
              {
                key: `nic-${Date.now()}-${form.nics.length}`,
                networkId: options.networks[0]?.id ?? '',
                address: '',
                mac: '',
                model: 'virtio',
              },
            ],
          })
        }
      >
        {t('addNic')}
      </Button>
    </FormSection>
  );
}
