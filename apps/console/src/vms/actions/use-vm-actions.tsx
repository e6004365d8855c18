'use client';
import { errorText } from '@basalt/contract';
import { Note, useToast } from '@basalt/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { Button } from 'antd';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { objectActionLabel, vmAction, type VmActionKey } from '@/actions/registry.ts';
import { useTRPC, useTRPCClient } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import { useRegion } from '@/session/session.tsx';
import type { VmTarget } from '../vm-facts.tsx';
import { applicability } from './applicability.ts';
import { runMany, runOne, type Outcome, type ShutdownOptions } from './run-action.ts';
import { useActionReason } from './use-action-reason.ts';
import { useIsForeign } from './use-foreign-fact.ts';
import { VmActionDialog } from './vm-action-dialog.tsx';

interface Asked {
  action: VmActionKey;
  targets: readonly VmTarget[];
  skipped: { count: number; reason: string | undefined };
}

interface VmActions {
  /** Does it, or asks first where the act needs it. Those it does not hold for are left out. */
  ask: (action: VmActionKey, targets: readonly VmTarget[]) => void;
  /** Keys of actions under way. */
  busy: VmActionKey | null;
  /** Must be drawn by the page: the dialog that asks, and what went wrong with several. */
  dialog: React.ReactNode;
  outcome: React.ReactNode;
}

/** Everything a page needs to act on VMs: one door for buttons, menus, keys and the bulk bar. */
export function useVmActions(onDone?: (action: VmActionKey) => void): VmActions {
  const t = useTranslations('vm');
  const c = useTranslations('common');
  const locale = useLocale();
  const region = useRegion();
  const isForeign = useIsForeign();
  const router = useRouter();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const toast = useToast();
  const reasonOf = useActionReason();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [busy, setBusy] = useState<VmActionKey | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [failed, setFailed] = useState<{ action: VmActionKey; all: number; items: Outcome[] } | null>(null);
  const label = (action: VmActionKey) => objectActionLabel(vmAction(action), locale);

  const refresh = () => {
    void queries.invalidateQueries({ queryKey: trpc.task.list.pathKey() });
    void queries.invalidateQueries({ queryKey: trpc.vm.get.pathKey() });
    void queries.invalidateQueries({ queryKey: trpc.vm.list.pathKey() });
  };

  const run = async ({ action, targets }: Asked, shutdown?: ShutdownOptions): Promise<void> => {
    setBusy(action);
    setError(null);
    setFailed(null);
    try {
      const [first] = targets;
      if (targets.length === 1 && first) {
        const taskId = await runOne(client, region, action, first, shutdown);
        toast({
          tone: 'busy',
          title: t('asked', { action: label(action), name: first.name }),
          action: <Link href={paths.task(region, taskId)}>{t('steps')}</Link>,
        });
      } else {
        const outcomes = await runMany(client, region, action, targets);
        const items = outcomes.filter((item) => item.error !== null);
        if (items.length > 0) setFailed({ action, all: outcomes.length, items });
        const done = outcomes.length - items.length;
        if (done > 0) toast({ tone: 'busy', title: t('askedMany', { action: label(action), count: done }) });
      }
      setAsked(null);
      onDone?.(action);
    } catch (cause) {
      const found = readable(cause, locale, c('noAnswer'));
      setError(found.text);
      if (asked === null)
        toast({
          tone: 'err',
          title: t('refused', { action: label(action) }),
          description: found.text,
          duration: 0,
        });
    } finally {
      setBusy(null);
      refresh();
    }
  };

  const ask = (action: VmActionKey, targets: readonly VmTarget[]): void => {
    const { possible, reason } = applicability(targets, (vm) => reasonOf(action, vm));
    const [first] = possible;
    if (!first) return;
    if (action === 'console') return router.push(paths.vm(region, first.id, 'console'));
    if (action === 'rename') return router.push(paths.vm(region, first.id, 'settings'));
    const next = { action, targets: possible, skipped: { count: targets.length - possible.length, reason } };
    setError(null);
    // Whose it is stands in the question: nobody stops somebody else's machine by a slip of the hand.
    if (vmAction(action).confirm || action === 'shutdown' || possible.some(isForeign)) setAsked(next);
    else void run(next);
  };

  return {
    ask,
    busy,
    dialog: asked && (
      <VmActionDialog
        key={`${asked.action}:${asked.targets.length}:${asked.targets[0]?.id}`}
        {...asked}
        busy={busy !== null}
        error={error ?? undefined}
        onCancel={() => setAsked(null)}
        onConfirm={(shutdown) => void run(asked, shutdown)}
      />
    ),
    outcome: failed && (
      <Note
        tone="err"
        title={t('manyFailed', { action: label(failed.action), failed: failed.items.length, all: failed.all })}
        action={
          <Button
            type="link"
            size="small"
            onClick={() =>
              ask(
                failed.action,
                failed.items.map((item) => item.vm),
              )
            }
          >
            {t('retryMany', { count: failed.items.length })}
          </Button>
        }
      >
        {failed.items.slice(0, 8).map(({ vm, error: why }) => (
          <div key={vm.id}>
            <Link href={paths.vm(region, vm.id)}>{vm.name}</Link>{' '}
            <span className="bs-secondary">{why && errorText(why.code, why.params, locale)}</span>
          </div>
        ))}
      </Note>
    ),
  };
}
