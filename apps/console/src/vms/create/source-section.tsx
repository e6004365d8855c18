'use client';
import { Field, FieldGrid, fieldHintId, FormSection, formatBytes, Segments } from '@basalt/ui';
import { InputNumber, Select } from 'antd';
import { useTranslations } from 'next-intl';
import { sizeText } from '../vm-facts.tsx';
import { evenOf, fieldId } from './create-form.ts';
import { roomFor } from './defaults.ts';
import type { SectionProps } from './section-props.ts';
import styles from './create.module.css';

const mostSegments = 7;

/** Image, cluster where there are several, and size. */
export function SourceSection({ form, set, options, errorOf }: SectionProps) {
  const t = useTranslations('vm.create');
  const image = options.images.find((item) => item.id === form.imageId);
  const sizes = [
    ...options.flavors.map((flavor) => ({ key: flavor.id as string, label: sizeText(flavor) })),
    { key: 'custom', label: t('custom') },
  ];
  const flavorError = errorOf('flavorId');
  const several = options.clusters.length > 1;
  return (
    <FormSection id="source" title={t('source')} hint={t('required')}>
      <FieldGrid columns={several ? 2 : 1}>
        <Field
          id={fieldId('imageId')}
          label={t('image')}
          required
          error={errorOf('imageId')}
          hint={
            image && t(image.cloudInit ? 'imageHint' : 'imageHintPlain', { size: formatBytes(image.virtualSize ?? 0) })
          }
        >
          <Select
            id={fieldId('imageId')}
            className={styles.wide ?? ''}
            aria-describedby={fieldHintId(fieldId('imageId'))}
            status={errorOf('imageId') ? 'error' : ''}
            placeholder={t('noImages')}
            value={form.imageId === '' ? null : form.imageId}
            onChange={(imageId) => set({ imageId, systemSize: roomFor(form.systemSize, options, imageId) })}
            showSearch={{ optionFilterProp: 'label' }}
            options={options.images.map((item) => ({ value: item.id, label: item.name }))}
          />
        </Field>
        {several && (
          <Field id={fieldId('clusterId')} label={t('cluster')} required error={errorOf('clusterId')}>
            <Select
              id={fieldId('clusterId')}
              className={styles.wide ?? ''}
              value={form.clusterId}
              onChange={(clusterId) => set({ clusterId })}
              options={options.clusters.map((item) => ({
                value: item.id,
                label: t('clusterOption', { name: item.name, hosts: item.hostsAvailable }),
              }))}
            />
          </Field>
        )}
      </FieldGrid>
      <Field id={fieldId('flavorId')} label={t('size')} required error={flavorError}>
        {sizes.length <= mostSegments ? (
          <Segments
            label={t('size')}
            size="middle"
            block
            value={form.flavorId === '' ? 'custom' : form.flavorId}
            onChange={(flavorId) => set({ flavorId })}
            options={sizes}
          />
        ) : (
          <Select
            id={fieldId('flavorId')}
            className={styles.wide ?? ''}
            value={form.flavorId}
            onChange={(flavorId) => set({ flavorId })}
            options={sizes.map((item) => ({ value: item.key, label: item.label }))}
          />
        )}
      </Field>
      {form.flavorId === 'custom' && (
        <FieldGrid>
          <Field id={fieldId('vcpu')} label={t('vcpu')} required hint={t('vcpuHint')} error={errorOf('vcpu')}>
            <InputNumber
              id={fieldId('vcpu')}
              className={styles.wide ?? ''}
              aria-describedby={fieldHintId(fieldId('vcpu'))}
              status={errorOf('vcpu') ? 'error' : ''}
              min={1}
              max={240}
              step={form.vcpu === 1 ? 1 : 2}
              value={form.vcpu}
              onStep={(value) => set({ vcpu: evenOf(Number(value)) })}
              onChange={(vcpu) => set({ vcpu })}
            />
          </Field>
          <Field id={fieldId('memory')} label={t('memory')} required hint={t('memoryHint')} error={errorOf('memory')}>
            <InputNumber
              id={fieldId('memory')}
              className={styles.wide ?? ''}
              aria-describedby={fieldHintId(fieldId('memory'))}
              status={errorOf('memory') ? 'error' : ''}
              min={1}
              max={1024}
              step={form.memory === 1 ? 1 : 2}
              suffix="GiB"
              controls={false}
              value={form.memory}
              onChange={(memory) => set({ memory })}
            />
          </Field>
        </FieldGrid>
      )}
    </FormSection>
  );
}
