'use client';
import { ActionButton, fieldHintId, FormSection, formatBytes, iconProps } from '@basalt/ui';
import { Button, InputNumber, Select } from 'antd';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { fieldId } from './create-form.ts';
import type { SectionProps } from './section-props.ts';
import styles from './create.module.css';

const mostDisks = 25;

interface DiskLineProps {
  name: string;
  field: string;
  size: number | null;
  storage: string;
  onSize: (size: number | null) => void;
  onStorage: (id: string) => void;
  onRemove?: () => void;
}

/** System disk and data disks, one line each. */
export function StorageSection({ form, set, options, errorOf }: SectionProps) {
  const t = useTranslations('vm.create');
  const image = options.images.find((item) => item.id === form.imageId);
  const storages = [
    { value: '', label: t('storageOfImage', { name: image?.storageCluster.name ?? '' }) },
    ...options.storages.map((item) => ({
      value: item.id as string,
      label: t('storageOption', {
        name: item.name,
        replicas: item.replicas,
        free: formatBytes(Math.max(0, item.capacity.total - (item.capacity.used ?? 0))),
      }),
    })),
  ];
  const line = ({ name, field, size, storage, onSize, onStorage, onRemove }: DiskLineProps) => {
    const sizeId = fieldId(`${field}.size`);
    const problem = errorOf(`${field}.size`) ?? errorOf(`${field}.storageClusterId`);
    return (
      <div key={field}>
        <div className={styles.disk}>
          <span>{name}</span>
          <InputNumber
            id={sizeId}
            className={styles.wide ?? ''}
            aria-label={t('sizeOf', { name })}
            aria-describedby={fieldHintId(sizeId)}
            status={errorOf(`${field}.size`) ? 'error' : ''}
            min={10}
            max={32_768}
            suffix="GiB"
            controls={false}
            value={size}
            onChange={onSize}
          />
          <Select
            id={fieldId(`${field}.storageClusterId`)}
            aria-label={t('storageOf', { name })}
            value={storage}
            onChange={onStorage}
            options={storages}
          />
          {onRemove ? (
            <ActionButton
              kind="text"
              label={t('remove', { name })}
              icon={<X {...iconProps(14)} />}
              onClick={onRemove}
            />
          ) : (
            <span />
          )}
        </div>
        <div id={fieldHintId(sizeId)} className={styles.problem} role={problem ? 'alert' : undefined}>
          {problem}
        </div>
      </div>
    );
  };
  return (
    <FormSection id="storage" title={t('storage')} hint={t('laterHint')}>
      {line({
        name: t('systemDisk'),
        field: 'systemDisk',
        size: form.systemSize,
        storage: form.systemStorage,
        onSize: (systemSize) => set({ systemSize }),
        onStorage: (systemStorage) => set({ systemStorage }),
      })}
      {form.dataDisks.map((disk, index) => {
        const change = (part: Partial<typeof disk>) =>
          set({ dataDisks: form.dataDisks.map((item) => (item.key === disk.key ? { ...item, ...part } : item)) });
        return line({
          name: t('dataDisk', { index: index + 1 }),
          field: `dataDisks.${index}`,
          size: disk.size,
          storage: disk.storageClusterId,
          onSize: (size) => change({ size }),
          onStorage: (storageClusterId) => change({ storageClusterId }),
          onRemove: () => set({ dataDisks: form.dataDisks.filter((item) => item.key !== disk.key) }),
        });
      })}
      <Button
        type="link"
        size="small"
        icon={<Plus {...iconProps(14)} />}
        disabled={form.dataDisks.length >= mostDisks}
        onClick={() =>
          set({
            dataDisks: [
              ...form.dataDisks,
              { key: `disk-${Date.now()}-${form.dataDisks.length}`, size: 100, storageClusterId: '' },
            ],
          })
        }
      >
        {t('addDisk')}
      </Button>
    </FormSection>
  );
}
