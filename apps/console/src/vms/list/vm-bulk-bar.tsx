'use client';
import type { VmSummary } from '@basalt/contract';
import { BulkBar, usePageKeys } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { objectActionLabel, vmAction, type VmActionKey } from '@/actions/registry.ts';
import { actionIcons } from '../actions/action-icons.tsx';
import { applicability } from '../actions/applicability.ts';
import { useActionReason } from '../actions/use-action-reason.ts';

const live: readonly VmActionKey[] = ['start', 'shutdown', 'powerOff', 'reboot', 'delete'];
const binned: readonly VmActionKey[] = ['undelete', 'destroy'];

interface VmBulkBarProps {
  items: readonly VmSummary[];
  selectAll: { total: number; onSelect: () => void } | undefined;
  onAsk: (action: VmActionKey) => void;
  onClear: () => void;
}

/** What can be done with all selected; an action that holds for none is dimmed and says why. */
export function VmBulkBar({ items, selectAll, onAsk, onClear }: VmBulkBarProps) {
  const c = useTranslations('common.table');
  const locale = useLocale();
  const reasonOf = useActionReason();
  usePageKeys((key) => {
    if (key !== 'Escape') return false;
    onClear();
    return true;
  }, items.length > 0);
  if (items.length === 0) return null;
  const actions = items.some((vm) => vm.state === 'deleted') ? binned : live;
  return (
    <BulkBar
      label={c('bulk')}
      clearLabel={c('clearSelection')}
      onClear={onClear}
      selectAll={selectAll && { label: c('selectAll', { count: selectAll.total }), onSelect: selectAll.onSelect }}
      actions={actions.map((action) => {
        const { possible, reason } = applicability(items, (vm) => reasonOf(action, vm));
        const label = objectActionLabel(vmAction(action), locale);
        return {
          key: action,
          // How many it holds for stands beside the word as soon as that is not all of them.
          label:
            possible.length > 0 && possible.length < items.length
              ? `${label} ${possible.length}/${items.length}`
              : label,
          icon: actionIcons[action],
          danger: vmAction(action).danger === true,
          reason:
            possible.length === 0 ? c('holdsFor', { reason: reason ?? '', count: 0, total: items.length }) : undefined,
          onRun: () => onAsk(action),
        };
      })}
    >
      {c('selected', { count: items.length })}
    </BulkBar>
  );
}
