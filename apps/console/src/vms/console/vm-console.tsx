'use client';
import { stateColor, stateLabel } from '@basalt/contract';
import { ActionButton, EmptyState, iconProps, Kbd, Logo, Note, Segments, StateLabel, StatePill } from '@basalt/ui';
import { Button, Dropdown } from 'antd';
import { Camera, ChevronDown, Keyboard, Maximize, Power, RefreshCw, Type } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRef, useState } from 'react';
import { paths } from '@/paths.ts';
import { usePermissionReason, useRegion } from '@/session/session.tsx';
import { VmActionMenu } from '../actions/vm-action-menu.tsx';
import { useIsForeign } from '../actions/use-foreign-fact.ts';
import { useVm } from '../detail/vm-context.tsx';
import { Copy } from '../vm-facts.tsx';
import { combinations, pressesOf, pressesOfText } from './key-text.ts';
import { TypeTextPanel } from './type-text-panel.tsx';
import { useSerial } from './use-serial.ts';
import { useRfb, type ConnectionState } from './use-rfb.ts';
import styles from './vm-console.module.css';

const tones = { connecting: 'busy', connected: 'ok', closed: 'off' } as const satisfies Record<ConnectionState, string>;
const powerMenu = ['start', 'shutdown', 'reboot', 'powerOff', 'reset'] as const;
/** States in which QEMU has a screen. */
const onStates: readonly string[] = [
  'running',
  'paused',
  'rebooting',
  'stopping',
  'powering-off',
  'migrating',
  'suspending',
];

/** The guest's screen on a page of its own: keys, typed text, scaling, full screen, picture, and a way back. */
export function VmConsole() {
  const t = useTranslations('vm.console');
  const v = useTranslations('vm');
  const locale = useLocale();
  const region = useRegion();
  const { vm, ask } = useVm();
  const denied = usePermissionReason()('vm:console');
  const isForeign = useIsForeign();
  const on = onStates.includes(vm.state);
  const page = useRef<HTMLDivElement>(null);
  const [typing, setTyping] = useState(false);
  const [fit, setFit] = useState<'fit' | 'real'>('fit');
  const [line, setLine] = useState<'screen' | 'serial'>('screen');
  const [agreed, setAgreed] = useState(false);
  // a link or bookmark leads here too: nobody types into somebody else's machine by a slip of the hand
  const foreign = isForeign(vm) && !agreed;
  const shown = on && denied === undefined && !foreign;
  const { frame, ...rfb } = useRfb(region, vm.id, shown && line === 'screen');
  const { frame: serialFrame, ...serial } = useSerial(region, vm.id, shown && line === 'serial');
  const { state, reason, reconnect } = line === 'screen' ? rfb : serial;
  // keys, pictures and scaling are the screen's
  const blocked = line === 'serial' ? t('screenOnly') : rfb.state === 'connected' ? undefined : t('notConnected');
  const [address] = vm.addresses;

  const download = async () => {
    const blob = await rfb.picture();
    if (!blob) return;
    const url = URL.createObjectURL(blob);
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = `${vm.name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.png`;
    anchor.click();
    URL.revokeObjectURL(url);
  };
  const fullScreen = () =>
    void (document.fullscreenElement ? document.exitFullscreen() : page.current?.requestFullscreen());

  return (
    <div ref={page} className={styles.page}>
      <header className={styles.bar}>
        <Link
          href={paths.vm(region, vm.id)}
          aria-label={t('back', { name: vm.name })}
          title={t('back', { name: vm.name })}
        >
          <Logo label={t('back', { name: vm.name })} />
        </Link>
        <h1>{vm.name}</h1>
        <StatePill tone={stateColor('vm', vm.state)}>{stateLabel('vm', vm.state, locale)}</StatePill>
        {address !== undefined && <Copy text={address} />}
        <span className={styles.space} />
        <Segments
          label={t('line')}
          value={line}
          onChange={setLine}
          options={[
            { key: 'screen', label: t('lineScreen') },
            { key: 'serial', label: t('lineSerial') },
          ]}
        />
        <Dropdown
          trigger={['click']}
          disabled={blocked !== undefined}
          menu={{
            items: combinations.map((item) => ({
              key: item.id,
              label: (
                <span>
                  {item.caps.map((cap) => (
                    <Kbd key={cap}>{cap}</Kbd>
                  ))}
                </span>
              ),
            })),
            onClick: ({ key }) => {
              const found = combinations.find((item) => item.id === key);
              if (found) rfb.send(pressesOf(found.keys));
            },
          }}
        >
          <Button type="text" icon={<Keyboard {...iconProps()} />} title={blocked ?? ''}>
            {t('keys')}
          </Button>
        </Dropdown>
        <ActionButton kind="text" icon={<Type {...iconProps()} />} reason={blocked} onClick={() => setTyping(!typing)}>
          {t('typeText')}
        </ActionButton>
        <ActionButton kind="text" icon={<Camera {...iconProps()} />} reason={blocked} onClick={() => void download()}>
          {t('picture')}
        </ActionButton>
        <Segments
          label={t('scaling')}
          value={fit}
          onChange={(next) => {
            setFit(next);
            rfb.scale(next === 'fit');
          }}
          options={[
            { key: 'fit', label: t('fit') },
            { key: 'real', label: t('real') },
          ]}
        />
        <ActionButton kind="text" label={t('fullScreen')} icon={<Maximize {...iconProps()} />} onClick={fullScreen} />
        <ActionButton
          kind="text"
          label={t('reconnect')}
          icon={<RefreshCw {...iconProps()} />}
          reason={!on ? t('off') : foreign ? t('foreignFirst') : denied}
          onClick={reconnect}
        />
        <VmActionMenu vm={vm} actions={powerMenu} onAsk={ask}>
          <Button icon={<Power {...iconProps()} />}>
            {t('power')} <ChevronDown {...iconProps(14)} />
          </Button>
        </VmActionMenu>
      </header>
      <div className={styles.body}>
        <div className={styles.stage}>
          {denied !== undefined ? (
            <Note tone="off" title={t('denied')}>
              {denied}
            </Note>
          ) : !on ? (
            <EmptyState
              title={t('offTitle')}
              actions={
                <VmActionMenu vm={vm} actions={['start']} onAsk={ask}>
                  <Button>{t('power')}</Button>
                </VmActionMenu>
              }
            >
              {t('off')}
            </EmptyState>
          ) : foreign ? (
            <EmptyState
              title={t('foreignTitle', { name: vm.name, owner: vm.owner.name })}
              actions={
                <ActionButton kind="primary" onClick={() => setAgreed(true)}>
                  {t('foreignOpen')}
                </ActionButton>
              }
            >
              {t('foreign')}
            </EmptyState>
          ) : (
            <>
              {state === 'closed' && (
                <div className={styles.closed}>
                  <Note
                    tone="warn"
                    title={t('states.closed')}
                    action={
                      <ActionButton size="small" onClick={reconnect}>
                        {t('reconnect')}
                      </ActionButton>
                    }
                  >
                    {reason}
                  </Note>
                </div>
              )}
              {/* noVNC or the terminal draws into this; keys pressed here belong to the guest. */}
              {line === 'screen' ? (
                <div key="screen" ref={frame} className={styles.screen} data-own-keys="" />
              ) : (
                <div key="serial" ref={serialFrame} className={styles.terminal} data-own-keys="" />
              )}
            </>
          )}
        </div>
        {typing && (
          <TypeTextPanel
            blocked={blocked}
            onType={(text) => rfb.send(pressesOfText(text))}
            onClose={() => setTyping(false)}
          />
        )}
      </div>
      <footer className={styles.foot}>
        <span role="status">
          <StateLabel tone={shown ? tones[state] : 'off'}>
            {shown ? t(`states.${state}`) : on ? t('notOpened') : v('screenOff')}
          </StateLabel>
        </span>
        {line === 'screen' && rfb.size && rfb.state === 'connected' && (
          <span>{t('size', { width: rfb.size.width, height: rfb.size.height })}</span>
        )}
        <span className={styles.space} />
        {state === 'connected' && (
          <span className="bs-tertiary">{t(line === 'screen' ? 'keysGoToGuest' : 'serialShared')}</span>
        )}
        <Link href={paths.vm(region, vm.id)}>{t('back', { name: vm.name })}</Link>
      </footer>
    </div>
  );
}
