'use client';
import { procedures } from '@basalt/contract';
import {
  ActionButton,
  Field,
  FieldGrid,
  fieldHintId,
  FoldedSection,
  FormDrawer,
  FormErrors,
  formatNumber,
  useToast,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Input, InputNumber, Select, Switch } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { useConsole } from '@/session/session.tsx';
import {
  emptyNetwork,
  firstAddress,
  networkFieldOf,
  networkInputOf,
  subnetRoom,
  type NetworkValues,
} from './network-form.ts';

const fieldKeys = [
  'name',
  'uplink',
  'vlan',
  'mtu',
  'cidr',
  'gateway',
  'dns',
  'excluded',
  'leaseHours',
  'routes',
  'note',
] as const;
const id = (key: string) => `network-${key}`;

/** A new flat network: where its frames go, and which addresses its guests get. */
export function NetworkDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('networks');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const { region } = useConsole();
  const [values, setValues] = useState<NetworkValues>(emptyNetwork);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const uplinks = useQuery(trpc.network.uplinks.queryOptions({ region: region.key }, { enabled: open }));
  const uplink = values.uplink === '' ? (uplinks.data?.items[0]?.name ?? '') : values.uplink;
  const taken = uplinks.data?.items.find((item) => item.name === uplink)?.vlans ?? [];
  const set = (change: Partial<NetworkValues>) => {
    setValues({ ...values, ...change });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([key]) => !(key in change))));
  };
  const close = () => {
    onClose();
    setValues(emptyNetwork);
    setErrors({});
    setFailed(undefined);
  };
  const create = useMutation(
    trpc.network.create.mutationOptions({
      onSuccess: (network) => {
        void client.invalidateQueries({ queryKey: trpc.network.pathKey() });
        toast({ tone: 'ok', title: t('create.done', { name: network.name }) });
        close();
      },
      onError: (error) => {
        const field = shapeOf(error)?.field;
        const found = readable(error, locale, c('noAnswer'));
        if (field) setErrors({ [networkFieldOf(field)]: found.text });
        else setFailed(found.text);
      },
    }),
  );
  const submit = () => {
    setFailed(undefined);
    const input = { ...networkInputOf({ ...values, uplink }), region: region.key };
    const parsed = procedures.network.create.input.safeParse(input);
    const found: Record<string, string> = {};
    if (!parsed.success)
      for (const [path, text] of Object.entries(fieldErrors(parsed.error, locale)))
        found[networkFieldOf(path)] ??= text;
    if (values.vlan !== null && taken.includes(values.vlan))
      found['vlan'] ??= t('create.vlanTaken', { vlan: values.vlan });
    setErrors(found);
    if (parsed.success && Object.keys(found).length === 0) create.mutate(parsed.data);
    else document.getElementById(id(fieldKeys.find((key) => key in found) ?? 'name'))?.focus();
  };
  const room = subnetRoom(values.cidr, values.gateway);
  const control = (key: string) => ({
    id: id(key),
    'aria-describedby': fieldHintId(id(key)),
    status: errors[key] === undefined ? ('' as const) : ('error' as const),
  });

  return (
    <FormDrawer
      open={open}
      onClose={close}
      onSubmit={submit}
      title={t('create.title')}
      subtitle={t('create.subtitle')}
      closeLabel={c('close')}
      errors={
        <>
          <FormErrors
            title={c('fixFields')}
            errors={fieldKeys
              .filter((key) => key in errors)
              .map((key) => ({ id: id(key), label: t(`columns.${key}`) }))}
          />
          {failed !== undefined && (
            <FormErrors title={failed} errors={[{ id: id('name'), label: t('columns.name') }]} />
          )}
        </>
      }
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={create.isPending}>
            {t('create.submit')}
          </ActionButton>
          <ActionButton onClick={close}>{c('cancel')}</ActionButton>
        </>
      }
      footExtra={
        <span className="bs-tertiary">
          {values.managed && room !== undefined ? t('create.room', { count: formatNumber(room) }) : undefined}
        </span>
      }
    >
      <Field id={id('name')} label={t('columns.name')} required error={errors['name']}>
        <Input {...control('name')} value={values.name} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <FieldGrid columns={3}>
        <Field
          id={id('uplink')}
          label={t('columns.uplink')}
          required
          error={errors['uplink'] ?? (uplinks.isError ? t('create.uplinksFailed') : undefined)}
          hint={uplinks.data?.items.length === 0 ? t('create.noUplinks') : t('create.uplinkHint')}
        >
          <Select
            {...control('uplink')}
            loading={uplinks.isPending}
            value={uplink === '' ? null : uplink}
            onChange={(name) => set({ uplink: name ?? '' })}
            options={(uplinks.data?.items ?? []).map((item) => ({
              value: item.name,
              label: t('create.uplink', { name: item.name, hosts: item.hosts }),
            }))}
          />
        </Field>
        <Field
          id={id('vlan')}
          label={t('columns.vlan')}
          required
          error={errors['vlan']}
          hint={
            taken.length === 0
              ? t('create.vlanHint')
              : t('create.vlanUsed', {
                  vlans: taken.map((vlan) => (vlan === 0 ? t('untagged') : String(vlan))).join(', '),
                })
          }
        >
          <InputNumber
            {...control('vlan')}
            min={0}
            max={4094}
            precision={0}
            value={values.vlan}
            onChange={(vlan) => set({ vlan })}
          />
        </Field>
        <Field id={id('mtu')} label={t('columns.mtu')} required error={errors['mtu']} hint={t('create.mtuHint')}>
          <InputNumber {...control('mtu')} precision={0} value={values.mtu} onChange={(mtu) => set({ mtu })} />
        </Field>
      </FieldGrid>
      <Field
        id={id('managed')}
        label={t('create.managed')}
        hint={values.managed ? t('create.managedHint') : t('create.wireHint')}
      >
        <Switch
          id={id('managed')}
          aria-label={t('create.managed')}
          aria-describedby={fieldHintId(id('managed'))}
          checked={values.managed}
          onChange={(managed) => set({ managed })}
        />
      </Field>
      {values.managed && (
        <>
          <FieldGrid>
            <Field
              id={id('cidr')}
              label={t('columns.cidr')}
              required
              error={errors['cidr']}
              hint={t('create.cidrHint')}
            >
              <Input
                {...control('cidr')}
                className="bs-mono"
                spellCheck={false}
                value={values.cidr}
                onChange={(event) => {
                  const cidr = event.target.value;
                  set({ cidr, ...(values.gatewayTyped ? {} : { gateway: firstAddress(cidr) ?? '' }) });
                }}
              />
            </Field>
            <Field
              id={id('gateway')}
              label={t('columns.gateway')}
              error={errors['gateway']}
              hint={t('create.gatewayHint')}
            >
              <Input
                {...control('gateway')}
                className="bs-mono"
                spellCheck={false}
                value={values.gateway}
                onChange={(event) => set({ gateway: event.target.value, gatewayTyped: true })}
              />
            </Field>
            <Field id={id('dns')} label={t('columns.dns')} error={errors['dns']} hint={t('create.dnsHint')}>
              <Input
                {...control('dns')}
                className="bs-mono"
                spellCheck={false}
                value={values.dns}
                onChange={(event) => set({ dns: event.target.value })}
              />
            </Field>
            <Field id={id('dhcp')} label={t('columns.dhcp')} hint={t('create.dhcpHint')}>
              <Switch
                id={id('dhcp')}
                aria-label={t('columns.dhcp')}
                checked={values.dhcp}
                onChange={(dhcp) => set({ dhcp })}
              />
            </Field>
          </FieldGrid>
          <Field
            id={id('excluded')}
            label={t('columns.excluded')}
            error={errors['excluded']}
            hint={t('create.excludedHint')}
          >
            <Input.TextArea
              {...control('excluded')}
              rows={2}
              className="bs-mono"
              spellCheck={false}
              value={values.excluded}
              onChange={(event) => set({ excluded: event.target.value })}
            />
          </Field>
        </>
      )}
      <FoldedSection
        id="network-more"
        title={c('moreOptions')}
        summary={
          values.managed
            ? t('create.summary', {
                hours: values.leaseHours ?? 0,
                routes: values.routes.trim() === '' ? 0 : values.routes.trim().split('\n').length,
              })
            : t('columns.note')
        }
      >
        {values.managed && (
          <>
            <Field
              id={id('leaseHours')}
              label={t('columns.leaseHours')}
              error={errors['leaseHours']}
              hint={t('create.leaseHint')}
            >
              <InputNumber
                {...control('leaseHours')}
                value={values.leaseHours}
                onChange={(leaseHours) => set({ leaseHours })}
              />
            </Field>
            <Field id={id('routes')} label={t('columns.routes')} error={errors['routes']} hint={t('create.routesHint')}>
              <Input.TextArea
                {...control('routes')}
                rows={2}
                className="bs-mono"
                spellCheck={false}
                value={values.routes}
                onChange={(event) => set({ routes: event.target.value })}
              />
            </Field>
          </>
        )}
        <Field id={id('note')} label={t('columns.note')} error={errors['note']}>
          <Input.TextArea
            {...control('note')}
            rows={2}
            value={values.note}
            onChange={(event) => set({ note: event.target.value })}
          />
        </Field>
      </FoldedSection>
    </FormDrawer>
  );
}
