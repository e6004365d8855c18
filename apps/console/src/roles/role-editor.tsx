'use client';
import { procedures, type Permission, type Role } from '@basalt/contract';
import {
  ActionButton,
  Field,
  fieldHintId,
  FormErrors,
  iconProps,
  Note,
  PageHeader,
  Panel,
  PanelGrid,
  PanelStack,
  Segments,
  Tag,
  useToast,
} from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { CheckCheck, Copy, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCall } from '@/actions/use-call.ts';
import { shapeOf } from '@/api/errors.ts';
import { useTRPC } from '@/api/client.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { refusalAt } from '@/forms/refusal.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { CloneDialog } from './clone-dialog.tsx';
import { DiffPanel, MissingReadsNote } from './diff-panel.tsx';
import { PermissionMatrix } from './permission-matrix.tsx';
import { fitsLevel, inOrder, permissionDiff } from './permission-model.ts';
import { RoleDeleteDialog, useRoleDeleteReason } from './role-delete-dialog.tsx';
import { RoleHolders } from './role-holders.tsx';
import { useRoleName } from './role-words.ts';
import { useRoles } from './use-roles.ts';
import styles from './role-editor.module.css';

const id = (key: string) => `role-${key}`;
const byCode = { nameTaken: 'name', grantExceeds: 'permissions' } as const;

/** A role on one page: its facts, its matrix and its holders. Undefined `role` makes a new one. */
export function RoleEditor({ role, from }: { role: Role | undefined; from?: Role | undefined }) {
  const t = useTranslations('roles');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const call = useCall();
  const nameOf = useRoleName();
  const { region, session } = useConsole();
  const roles = useRoles();
  const deleteReason = useRoleDeleteReason();
  const saved = {
    name: role?.name ?? '',
    note: role?.note ?? '',
    level: role?.level ?? from?.level ?? 'region',
    dataScope: role?.dataScope ?? from?.dataScope ?? 'all',
    permissions: new Set<Permission>((role ?? from)?.permissions ?? []),
  };
  const [values, setValues] = useState(saved);
  const [text, setText] = useState('');
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<string | undefined>();
  const [asking, setAsking] = useState<'clone' | 'delete' | null>(null);
  const fresh = role === undefined;
  const denied = call.reason(fresh ? 'role.create' : 'role.update');
  const editable = !role?.builtIn && denied === undefined;
  const set = (change: Partial<typeof values>) => {
    setValues({ ...values, ...change });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([key]) => !(key in change))));
    setFailed(undefined);
  };
  const diff = permissionDiff(values.permissions, saved.permissions);
  const changes =
    diff.more.length +
    diff.less.length +
    (['name', 'note', 'dataScope'] as const).filter((key) => values[key] !== saved[key]).length;

  const refused = (error: unknown) => {
    const refusal = refusalAt(error, locale, c('noAnswer'), byCode, (path) => path.split('.')[0] ?? path);
    if (refusal.field === 'name' || refusal.field === 'note' || refusal.field === 'permissions')
      setErrors({ [refusal.field]: refusal.text });
    else setFailed(refusal.text);
    const permission = shapeOf(error)?.params['permission'];
    if (typeof permission === 'string') setText(permission);
  };
  const done = (key: 'created' | 'saved', name: string) => {
    void client.invalidateQueries({ queryKey: trpc.role.pathKey() });
    void client.invalidateQueries({ queryKey: trpc.session.current.pathKey() });
    toast({ tone: 'ok', title: t(`done.${key}`, { name }) });
  };
  const create = useMutation(
    trpc.role.create.mutationOptions({
      onSuccess: (made) => {
        done('created', made.name);
        router.push(paths.role(region.key, made.id));
      },
      onError: refused,
    }),
  );
  const update = useMutation(
    trpc.role.update.mutationOptions({
      onSuccess: (changed) => {
        client.setQueryData(trpc.role.get.queryKey({ id: changed.id }), changed);
        done('saved', changed.name);
      },
      onError: refused,
    }),
  );
  const submit = () => {
    const permissions = inOrder(values.permissions).filter((key) => fitsLevel(key, values.level));
    const common = { name: values.name.trim(), note: values.note, dataScope: values.dataScope, permissions };
    const requestToken = requestTokenMake();
    const input = fresh
      ? procedures.role.create.input.safeParse({ ...common, level: values.level, requestToken })
      : procedures.role.update.input.safeParse({ ...common, id: role.id, requestToken });
    const found: Record<string, string> = {};
    if (!input.success)
      for (const [path, words] of Object.entries(fieldErrors(input.error, locale)))
        found[path.split('.')[0] ?? path] ??= words;
    if (permissions.length === 0) found['permissions'] = t('nothingChosen');
    setErrors(found);
    setFailed(undefined);
    if (Object.keys(found).length > 0)
      document
        .getElementById(id('name' in found || 'note' in found ? (Object.keys(found)[0] ?? 'name') : 'name'))
        ?.focus();
    else if (fresh) create.mutate({ ...common, level: values.level, requestToken });
    else {
      const parsed = procedures.role.update.input.safeParse({ ...common, id: role.id, requestToken });
      if (parsed.success) update.mutate(parsed.data);
    }
  };
  const control = (key: string) => ({
    id: id(key),
    'aria-describedby': fieldHintId(id(key)),
    status: errors[key] === undefined ? ('' as const) : ('error' as const),
  });
  const holders = (role?.accounts ?? 0) + (role?.groups ?? 0);
  const title = fresh ? t('create.title') : nameOf(role.id, role.name);

  return (
    <>
      <PageHeader
        title={title}
        pill={<Tag line>{t(role?.builtIn ? 'builtInOne' : 'customOne')}</Tag>}
        subtitle={`${t(`level.${values.level}`)} · ${t(`dataScope.${values.dataScope}`)}`}
        actions={
          <>
            {editable && changes > 0 && !fresh && (
              <ActionButton kind="text" onClick={() => set(saved)}>
                {t('discard')}
              </ActionButton>
            )}
            {!fresh && (
              <ActionButton
                icon={<Copy {...iconProps()} />}
                reason={call.reason('role.clone')}
                onClick={() => setAsking('clone')}
              >
                {call.label('role.clone')}
              </ActionButton>
            )}
            {!fresh && (
              <ActionButton
                danger
                icon={<Trash2 {...iconProps()} />}
                reason={deleteReason(role)}
                onClick={() => setAsking('delete')}
              >
                {call.label('role.delete')}
              </ActionButton>
            )}
            <ActionButton
              kind="primary"
              icon={<CheckCheck {...iconProps()} />}
              reason={
                role?.builtIn ? t('builtInFixed') : (denied ?? (!fresh && changes === 0 ? t('unchanged') : undefined))
              }
              busy={create.isPending || update.isPending}
              onClick={submit}
            >
              {fresh ? call.label('role.create') : changes === 0 ? t('save') : t('saveChanges', { count: changes })}
            </ActionButton>
          </>
        }
        {...(role?.builtIn ? { note: <Note tone="off">{t('builtInFixed')}</Note> } : {})}
      />
      {(Object.keys(errors).length > 0 || failed !== undefined) && (
        <div className={styles.errors}>
          <FormErrors
            title={failed ?? c('fixFields')}
            errors={['name', 'note', 'permissions']
              .filter((key) => key in errors)
              .map((key) => ({
                id: id(key === 'permissions' ? 'search' : key),
                label:
                  key === 'permissions'
                    ? `${t('permissions')}: ${errors[key]}`
                    : t(`fields.${key === 'note' ? 'note' : 'name'}`),
              }))
              .concat(failed === undefined ? [] : [{ id: id('name'), label: t('fields.name') }])}
          />
        </div>
      )}
      <PanelGrid columns={[3, 1]}>
        <Panel flush>
          <PermissionMatrix
            granted={values.permissions}
            base={editable ? saved.permissions : undefined}
            level={values.level}
            text={text}
            onText={setText}
            {...(editable
              ? { onChange: (permissions: ReadonlySet<Permission>) => set({ permissions: new Set(permissions) }) }
              : {})}
          />
        </Panel>
        <PanelStack>
          <Panel title={t('facts')}>
            {editable ? (
              <>
                <Field id={id('name')} label={t('fields.name')} required error={errors['name']}>
                  <Input
                    {...control('name')}
                    value={values.name}
                    onChange={(event) => set({ name: event.target.value })}
                  />
                </Field>
                {fresh && (
                  <>
                    <Field id={id('level')} label={t('fields.level')} hint={t(`levelHint.${values.level}`)}>
                      <Segments
                        label={t('fields.level')}
                        block
                        value={values.level}
                        onChange={(level) =>
                          set({
                            level,
                            permissions: new Set([...values.permissions].filter((key) => fitsLevel(key, level))),
                          })
                        }
                        options={[
                          { key: 'region', label: t('level.region') },
                          { key: 'system', label: t('level.system'), disabled: session.account.level !== 'system' },
                        ]}
                      />
                    </Field>
                    <Field id={id('from')} label={t('fields.from')} hint={t('fromHint')}>
                      <Select
                        className={styles.full ?? ''}
                        {...control('from')}
                        allowClear
                        showSearch={{ optionFilterProp: 'label' }}
                        placeholder={t('fromNone')}
                        defaultValue={from?.id ?? null}
                        onChange={(ref: string | null | undefined) => {
                          const source = roles.data?.items.find((item) => item.id === ref);
                          set({
                            permissions: new Set(
                              source?.permissions.filter((key) => fitsLevel(key, values.level)) ?? [],
                            ),
                            ...(source ? { dataScope: source.dataScope } : {}),
                          });
                        }}
                        options={(roles.data?.items ?? []).map((item) => ({
                          value: item.id as string,
                          label: nameOf(item.id, item.name),
                        }))}
                      />
                    </Field>
                  </>
                )}
                <Field id={id('dataScope')} label={t('fields.dataScope')} hint={t(`dataScopeHint.${values.dataScope}`)}>
                  <Segments
                    label={t('fields.dataScope')}
                    block
                    value={values.dataScope}
                    onChange={(dataScope) => set({ dataScope })}
                    options={[
                      { key: 'all', label: t('dataScope.all') },
                      { key: 'own', label: t('dataScope.own') },
                    ]}
                  />
                </Field>
                <Field id={id('note')} label={t('fields.note')} error={errors['note']}>
                  <Input.TextArea
                    {...control('note')}
                    rows={2}
                    value={values.note}
                    onChange={(event) => set({ note: event.target.value })}
                  />
                </Field>
              </>
            ) : (
              <dl className={styles.facts}>
                <dt>{t('fields.level')}</dt>
                <dd>{t(`levelHint.${values.level}`)}</dd>
                <dt>{t('fields.dataScope')}</dt>
                <dd>{t(`dataScopeHint.${values.dataScope}`)}</dd>
                {values.note !== '' && (
                  <>
                    <dt>{t('fields.note')}</dt>
                    <dd>{values.note}</dd>
                  </>
                )}
              </dl>
            )}
          </Panel>
          {editable && (
            <MissingReadsNote
              granted={values.permissions}
              level={values.level}
              onAdd={(permissions) => set({ permissions: new Set([...values.permissions, ...permissions]) })}
            />
          )}
          {editable && (diff.more.length > 0 || diff.less.length > 0) && !fresh && (
            <DiffPanel diff={diff} title={t('diff.unsaved')} />
          )}
          {editable && !fresh && changes > 0 && holders > 0 && (
            <Note tone="warn">{t('holdsAtOnce', { count: holders })}</Note>
          )}
          {role && <RoleHolders id={role.id} />}
        </PanelStack>
      </PanelGrid>
      {role && (
        <>
          <CloneDialog role={role} open={asking === 'clone'} onClose={() => setAsking(null)} />
          <RoleDeleteDialog
            role={role}
            open={asking === 'delete'}
            onClose={() => setAsking(null)}
            onDeleted={() => router.push(paths.roles(region.key))}
          />
        </>
      )}
    </>
  );
}
