'use client';
import { ActionButton, Field, FieldGrid, iconProps } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { DatePicker, Input, Popover, Select } from 'antd';
import dayjs from 'dayjs';
import { SlidersHorizontal } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import type { ListState } from '@/list-state.ts';
import { can, useConsole } from '@/session/session.tsx';
import { instantOf, modules, operations } from './log-query.ts';
import styles from './operation-log.module.css';
import { useLogWords } from './use-log-words.ts';

/** How a time stands in the address: local, to the minute. */
const typed = 'YYYY-MM-DDTHH:mm';

interface LogConditionsProps {
  state: ListState;
  onState: (change: Partial<ListState>) => void;
  withOperator: boolean;
}

/** The conditions that are not one click away: module, operation, operator, resource, region, a period of one's own. */
export function LogConditions(props: LogConditionsProps) {
  const t = useTranslations('operationLog');
  const [open, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={<Conditions {...props} />}
    >
      <span>
        <ActionButton kind="text" size="small" icon={<SlidersHorizontal {...iconProps(14)} />}>
          {t('conditions')}
        </ActionButton>
      </span>
    </Popover>
  );
}

function Conditions({ state, onState, withOperator }: LogConditionsProps) {
  const t = useTranslations('operationLog');
  const words = useLogWords();
  const trpc = useTRPC();
  const { session, regions } = useConsole();
  const [who, setWho] = useState('');
  const mayRead = withOperator && can(session, 'account:read');
  const accounts = useQuery(
    trpc.account.list.queryOptions({ limit: 50, ...(who === '' ? {} : { search: who }) }, { enabled: mayRead }),
  );
  const set = (field: string, values: readonly string[]) => {
    const { [field]: _gone, ...rest } = state.filter;
    onState({ filter: values.length === 0 ? rest : { ...rest, [field]: values } });
  };
  const setTime = (field: 'from' | 'to', value: string) => {
    const { [field]: _gone, time: _time, ...rest } = state.filter;
    onState({ filter: value === '' ? rest : { ...rest, [field]: [value] } });
  };
  const timeAt = (field: 'from' | 'to') => {
    const at = state.filter[field]?.[0];
    return instantOf(at) === undefined ? null : dayjs(at);
  };
  const chosen = (field: string) => [...(state.filter[field] ?? [])];
  const inModules = chosen('module');
  return (
    <div className={styles.conditions} role="group" aria-label={t('conditions')}>
      <Field id="log-module" label={t('columns.module')}>
        <Select
          id="log-module"
          mode="multiple"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('any')}
          value={inModules}
          onChange={(values) => set('module', values)}
          options={modules.map((key) => ({ value: key, label: words.module(key) }))}
        />
      </Field>
      <Field id="log-operation" label={t('columns.operation')}>
        <Select
          id="log-operation"
          mode="multiple"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('any')}
          value={chosen('operation')}
          onChange={(values) => set('operation', values)}
          options={operations
            .filter(({ module }) => inModules.length === 0 || inModules.includes(module))
            .map(({ key }) => ({ value: key, label: `${words.operation(key)} · ${key}` }))}
        />
      </Field>
      <FieldGrid>
        {withOperator && (
          <Field id="log-account" label={t('columns.account')} hint={mayRead ? '' : t('accountBySearch')}>
            <Select
              id="log-account"
              allowClear
              disabled={!mayRead}
              showSearch={{ filterOption: false, onSearch: setWho }}
              placeholder={t('any')}
              value={state.filter['account']?.[0] ?? null}
              onChange={(value: string | null | undefined) => set('account', value ? [value] : [])}
              options={(accounts.data?.items ?? []).map(({ id, name, email }) => ({
                value: id,
                label: `${name} · ${email}`,
              }))}
            />
          </Field>
        )}
        <Field id="log-region" label={t('columns.region')}>
          <Select
            id="log-region"
            mode="multiple"
            allowClear
            placeholder={t('any')}
            value={chosen('region')}
            onChange={(values) => set('region', values)}
            options={regions.map(({ key, name }) => ({ value: key, label: name }))}
          />
        </Field>
      </FieldGrid>
      <Field id="log-resource" label={t('resourceId')}>
        <Input
          id="log-resource"
          className="bs-mono"
          allowClear
          spellCheck={false}
          maxLength={64}
          defaultValue={state.filter['resource']?.[0] ?? ''}
          onPressEnter={(event) => set('resource', [event.currentTarget.value.trim()].filter(Boolean))}
          onBlur={(event) => set('resource', [event.currentTarget.value.trim()].filter(Boolean))}
        />
      </Field>
      <FieldGrid>
        {(['from', 'to'] as const).map((field) => (
          <Field key={field} id={`log-${field}`} label={t(field)}>
            <DatePicker
              id={`log-${field}`}
              showTime={{ format: 'HH:mm' }}
              format="YYYY-MM-DD HH:mm"
              placeholder={t('any')}
              value={timeAt(field)}
              onChange={(at) => setTime(field, at === null ? '' : at.format(typed))}
              style={{ width: '100%' }}
            />
          </Field>
        ))}
      </FieldGrid>
    </div>
  );
}
