'use client';
import { Field, FieldGrid, fieldHintId, FoldedSection, Segments } from '@basalt/ui';
import { Checkbox, Input } from 'antd';
import { useTranslations } from 'next-intl';
import { fieldId, type CreateForm } from './create-form.ts';
import type { SectionProps } from './section-props.ts';

/** What has good defaults: one line that states them until it is opened. */
export function AdvancedSection({ form, set, options, errorOf }: SectionProps) {
  const t = useTranslations('vm.create');
  const image = options.images.find((item) => item.id === form.imageId);
  const several = (form.count ?? 1) > 1;
  const firmware = form.firmware === '' ? (image?.firmware ?? 'bios') : form.firmware;
  const props = (field: string) => ({
    id: fieldId(field),
    'aria-describedby': fieldHintId(fieldId(field)),
    status: errorOf(field) === undefined ? ('' as const) : ('error' as const),
  });
  const summary = [
    t(`firmwares.${firmware}`),
    t(`cpuModes.${form.cpuMode}`),
    form.protected ? t('protectedOn') : t('protectedOff'),
  ].join(' · ');
  return (
    <FoldedSection id="advanced" title={t('advanced')} summary={summary}>
      <FieldGrid>
        <Field id={fieldId('firmware')} label={t('firmware')} hint={t('firmwareHint')} error={errorOf('firmware')}>
          <Segments
            label={t('firmware')}
            size="middle"
            value={firmware}
            onChange={(value) => set({ firmware: value })}
            options={[
              { key: 'bios', label: t('firmwares.bios') },
              { key: 'uefi', label: t('firmwares.uefi') },
            ]}
          />
        </Field>
        <Field id={fieldId('cpuMode')} label={t('cpuMode')} hint={t(`cpuModeHints.${form.cpuMode}`)}>
          <Segments<CreateForm['cpuMode']>
            label={t('cpuMode')}
            size="middle"
            value={form.cpuMode}
            onChange={(cpuMode) => set({ cpuMode })}
            options={[
              { key: 'custom', label: t('cpuModes.custom') },
              { key: 'host-model', label: t('cpuModes.host-model') },
              { key: 'host-passthrough', label: t('cpuModes.host-passthrough') },
            ]}
          />
        </Field>
        {several && (
          <Field id={fieldId('hostName')} label={t('hostName')} error={errorOf('hostName')} hint={t('hostNameHint')}>
            <Input
              {...props('hostName')}
              value={form.hostName}
              placeholder={t('hostNameAuto')}
              onChange={(event) => set({ hostName: event.target.value })}
            />
          </Field>
        )}
        <Field id={fieldId('dns')} label={t('dns')} hint={t('dnsHint')} error={errorOf('dns')}>
          <Input
            {...props('dns')}
            className="bs-mono"
            value={form.dns}
            onChange={(event) => set({ dns: event.target.value })}
          />
        </Field>
        {!several &&
          form.nics.map((nic, index) => (
            <Field
              key={nic.key}
              id={fieldId(`nics.${index}.mac`)}
              label={form.nics.length > 1 ? t('macOf', { index }) : t('mac')}
              hint={t('macHint')}
              error={errorOf(`nics.${index}.mac`)}
            >
              <Input
                {...props(`nics.${index}.mac`)}
                className="bs-mono"
                placeholder={t('addressAuto')}
                value={nic.mac}
                onChange={(event) =>
                  set({
                    nics: form.nics.map((item) => (item.key === nic.key ? { ...item, mac: event.target.value } : item)),
                  })
                }
              />
            </Field>
          ))}
      </FieldGrid>
      <Field id={fieldId('note')} label={t('note')} error={errorOf('note')}>
        <Input.TextArea
          {...props('note')}
          rows={2}
          maxLength={1000}
          value={form.note}
          onChange={(event) => set({ note: event.target.value })}
        />
      </Field>
      <Checkbox checked={form.protected} onChange={(event) => set({ protected: event.target.checked })}>
        {t('protect')}
      </Checkbox>
    </FoldedSection>
  );
}
