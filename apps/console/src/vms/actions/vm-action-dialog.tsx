'use client';
import { ConfirmDialog, Field, formatBytes, type PreflightFact } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { Checkbox, InputNumber } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { objectActionLabel, vmAction, type VmActionKey } from '@/actions/registry.ts';
import { useTRPC } from '@/api/client.ts';
import { useRegion } from '@/session/session.tsx';
import type { VmTarget } from '../vm-facts.tsx';
import type { ShutdownOptions } from './run-action.ts';
import { useForeignFact } from './use-foreign-fact.ts';

interface VmActionDialogProps {
  action: VmActionKey;
  targets: readonly VmTarget[];
  skipped: { count: number; reason: string | undefined };
  busy: boolean;
  error: string | undefined;
  onConfirm: (shutdown: ShutdownOptions | undefined) => void;
  onCancel: () => void;
}

type DialogKind = 'shutdown' | 'powerOff' | 'reset' | 'delete' | 'destroy';
const dialogKinds: readonly string[] = ['shutdown', 'powerOff', 'reset', 'delete', 'destroy'] satisfies DialogKind[];
const isDialogKind = (action: VmActionKey): action is DialogKind => dialogKinds.includes(action);

/** Preflight of an act on one VM or several: what it touches and what is left, then the act by its name. */
export function VmActionDialog({ action, targets, skipped, busy, error, onConfirm, onCancel }: VmActionDialogProps) {
  const t = useTranslations('vm.confirm');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const region = useRegion();
  const foreignFact = useForeignFact();
  const [timeout, setTimeout] = useState(120);
  const [thenPowerOff, setThenPowerOff] = useState(false);
  const [only] = targets;
  const single = targets.length === 1 && only !== undefined;
  const detail = useQuery(
    trpc.vm.get.queryOptions({ region, id: only?.id ?? '' }, { enabled: single && only !== undefined }),
  );
  // Other acts are asked about only because somebody else owns the machine.
  const kind = isDialogKind(action) ? action : 'plain';

  const facts: PreflightFact[] = [];
  if (!single)
    facts.push({
      key: 'names',
      tone: 'off',
      text: targets
        .slice(0, 5)
        .map((vm) => vm.name)
        .join(locale === 'zh-CN' ? '、' : ', '),
      detail: targets.length > 5 ? t('andMore', { count: targets.length - 5 }) : undefined,
    });
  if (skipped.count > 0)
    facts.push({ key: 'skipped', tone: 'warn', text: t('skipped', { count: skipped.count }), detail: skipped.reason });
  facts.push(...foreignFact(targets));
  const vm = single ? detail.data : undefined;
  if (kind === 'delete' || kind === 'destroy') {
    const lost = kind === 'destroy';
    if (vm) {
      facts.push({
        key: 'disks',
        tone: lost ? 'err' : 'ok',
        text: t(lost ? 'disksLost' : 'disksKept', { count: vm.disks.length }),
        detail: t(lost ? 'disksLostDetail' : 'disksKeptDetail', {
          size: formatBytes(vm.disks.reduce((sum, disk) => sum + disk.size, 0)),
        }),
      });
      if (vm.addresses.length > 0)
        facts.push({
          key: 'addresses',
          tone: lost ? 'warn' : 'ok',
          text: t(lost ? 'addressLost' : 'addressKept', { address: vm.addresses.join(', ') }),
          detail: lost ? undefined : t('addressKeptDetail'),
        });
    }
    if (lost) facts.push({ key: 'final', tone: 'err', text: t('final') });
  } else if (kind === 'shutdown') facts.push({ key: 'acpi', tone: 'off', text: t('acpi') });
  else if (kind !== 'plain')
    facts.push({ key: 'unsaved', tone: 'warn', text: t('unsaved'), detail: t('unsavedDetail') });

  return (
    <ConfirmDialog
      open
      title={
        single
          ? t('title', { action: objectActionLabel(vmAction(action), locale), name: only.name })
          : t('titleMany', { action: objectActionLabel(vmAction(action), locale), count: targets.length })
      }
      {...(kind === 'plain' ? {} : { subtitle: t(`${kind}.what`), foot: t(`${kind}.foot`) })}
      facts={facts}
      confirmLabel={kind === 'plain' ? objectActionLabel(vmAction(action), locale) : t(`${kind}.do`)}
      cancelLabel={c('cancel')}
      closeLabel={c('close')}
      danger={kind !== 'shutdown' && kind !== 'plain'}
      busy={busy}
      error={error}
      onCancel={onCancel}
      onConfirm={() => onConfirm(kind === 'shutdown' ? { timeout, thenPowerOff } : undefined)}
    >
      {kind === 'shutdown' && single && (
        <>
          <Checkbox checked={thenPowerOff} onChange={(event) => setThenPowerOff(event.target.checked)}>
            {t('thenPowerOff')}
          </Checkbox>
          <Field
            id="shutdown-timeout"
            label={t('timeout')}
            hint={t(thenPowerOff ? 'timeoutThenOff' : 'timeoutThenFail')}
          >
            <InputNumber
              id="shutdown-timeout"
              min={10}
              max={3600}
              value={timeout}
              onChange={(value) => setTimeout(value ?? 120)}
            />
          </Field>
        </>
      )}
    </ConfirmDialog>
  );
}
