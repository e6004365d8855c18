'use client';
/** How one VM's facts are written, the same in lists, dialogs and on its page. */
import { stateColor, stateIsTransition, stateLabel, type VmSummary } from '@basalt/contract';
import { Copyable, StateLabel } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { pickText } from '@/i18n/pick-text.ts';

const GIB = 1024 ** 3;

/** `2C 4G`: vCPUs and GiB of memory. */
export const sizeText = ({ vcpu, memory }: Pick<VmSummary, 'vcpu' | 'memory'>): string =>
  `${vcpu}C ${Math.round((memory / GIB) * 10) / 10}G`;

/** What a VM is called in its list and in dialogs; enough to decide what may be done with it. */
export type VmTarget = Pick<VmSummary, 'id' | 'name' | 'state' | 'protected' | 'owner'>;

/** Nothing there. */
export const none = <span className="bs-none">—</span>;

/** Mark, word, progress while in transition, and the reason when failed. */
export function VmStateLabel({ vm }: { vm: VmSummary }) {
  const t = useTranslations('vm');
  const locale = useLocale();
  const moving = stateIsTransition('vm', vm.state) && vm.progress !== null;
  const reason = vm.reason !== null && vm.state === 'error' ? pickText(vm.reason, locale) : null;
  return (
    <StateLabel
      tone={stateColor('vm', vm.state)}
      progress={moving ? (vm.progress ?? 0) : undefined}
      progressLabel={t('progressOf', { name: vm.name })}
      detail={reason === null ? undefined : <span title={reason}>{reason}</span>}
    >
      {stateLabel('vm', vm.state, locale)}
    </StateLabel>
  );
}

/** An id or an address that a click copies. */
export function Copy({ text, children }: { text: string; children?: React.ReactNode }) {
  const c = useTranslations('common');
  return (
    <Copyable text={text} label={c('copyValue', { value: text })} copiedLabel={c('copied')}>
      {children}
    </Copyable>
  );
}
