'use client';
import { stateColor, stateIsTransition, stateLabel } from '@basalt/contract';
import { ActionButton, formatPercent, iconProps, Note, PageHeader, StatePill, Tag } from '@basalt/ui';
import { Button } from 'antd';
import { ChevronDown, Ellipsis, ShieldCheck } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { objectActionLabel, vmAction, type VmActionKey } from '@/actions/registry.ts';
import { pickText } from '@/i18n/pick-text.ts';
import { taskName } from '@/i18n/task-name.ts';
import { paths } from '@/paths.ts';
import { useRegion } from '@/session/session.tsx';
import { actionIcons } from '../actions/action-icons.tsx';
import { useActionReason } from '../actions/use-action-reason.ts';
import { VmActionMenu } from '../actions/vm-action-menu.tsx';
import { Copy, none } from '../vm-facts.tsx';
import { useVm } from './vm-context.tsx';
import styles from './vm-detail.module.css';
import { VmScreen } from './vm-screen.tsx';

/** Name, state, one primary action, the other actions with their reasons, and the live screen. */
export function VmBand() {
  const t = useTranslations('vm');
  const locale = useLocale();
  const region = useRegion();
  const reasonOf = useActionReason();
  const { vm, ask, busy } = useVm();
  const label = (action: VmActionKey) => objectActionLabel(vmAction(action), locale);
  const button = (action: VmActionKey, kind: 'primary' | 'default' = 'default') => (
    <ActionButton
      key={action}
      kind={kind}
      icon={actionIcons[action]}
      danger={vmAction(action).danger === true}
      reason={reasonOf(action, vm)}
      busy={busy === action}
      onClick={() => ask(action)}
    >
      {action === 'console' ? t('openConsole') : label(action)}
    </ActionButton>
  );
  const menu = (name: string, actions: readonly VmActionKey[], icon: React.ReactNode) => (
    <VmActionMenu vm={vm} actions={actions} onAsk={ask}>
      <Button aria-label={name} icon={icon} />
    </VmActionMenu>
  );
  const moving = stateIsTransition('vm', vm.state);
  const failed = vm.state === 'error' || vm.state === 'unknown';
  const binned = vm.state === 'deleted';

  return (
    <div className={styles.band}>
      <div className={styles.bandMain}>
        <PageHeader
          title={vm.name}
          pill={
            <>
              <StatePill tone={stateColor('vm', vm.state)}>
                {stateLabel('vm', vm.state, locale)}
                {moving && vm.progress !== null && ` ${formatPercent(vm.progress)}`}
              </StatePill>
              {vm.protected && (
                <Tag line>
                  <ShieldCheck {...iconProps(12)} /> {t('protected')}
                </Tag>
              )}
            </>
          }
          facts={
            <>
              <Copy text={vm.id}>{vm.id.slice(-12)}</Copy>
              {vm.addresses.map((address) => (
                <Copy key={address} text={address} />
              ))}
              <span>
                <span className="bs-tertiary">{t('columns.host')}</span>{' '}
                {vm.host ? <Link href={paths.host(region, vm.host.id)}>{vm.host.name}</Link> : none}
              </span>
              <span>
                <span className="bs-tertiary">{t('columns.cluster')}</span> {vm.cluster.name}
              </span>
              <span>
                <span className="bs-tertiary">{t('columns.owner')}</span> {vm.owner.name}
              </span>
            </>
          }
          note={
            failed && vm.reason !== null ? (
              <Note tone={vm.state === 'error' ? 'err' : 'warn'} title={t('failedBecause')}>
                {pickText(vm.reason, locale)}
              </Note>
            ) : binned ? (
              <Note tone="off" title={t('inBin')}>
                {t('inBinWhy')}
              </Note>
            ) : vm.task ? (
              <Note
                tone="busy"
                title={taskName(vm.task.kind, locale)}
                action={<Link href={paths.task(region, vm.task.id)}>{t('steps')}</Link>}
              >
                {vm.progress === null ? '' : formatPercent(vm.progress)}
              </Note>
            ) : undefined
          }
        />
        <div className={styles.toolbar} role="toolbar" aria-label={t('actionsLabel')}>
          {binned ? (
            <>
              {button('undelete', 'primary')}
              {button('destroy')}
            </>
          ) : (
            <>
              {button('console', 'primary')}
              {vm.state === 'stopped' || vm.state === 'error' || vm.state === 'creating' ? (
                button('start')
              ) : (
                <span className={styles.split}>
                  {button('shutdown')}
                  {menu(t('powerMore'), ['powerOff', 'start'], <ChevronDown {...iconProps(14)} />)}
                </span>
              )}
              <span className={styles.split}>
                {button('reboot')}
                {menu(t('rebootMore'), ['reset'], <ChevronDown {...iconProps(14)} />)}
              </span>
              {button(vm.state === 'paused' ? 'resume' : 'pause')}
              {menu(t('moreActions'), ['rename', 'powerOff', 'reset', 'delete'], <Ellipsis {...iconProps()} />)}
              {button('delete')}
            </>
          )}
        </div>
      </div>
      <VmScreen />
    </div>
  );
}
