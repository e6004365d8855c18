'use client';
import type { Placement } from '@basalt/contract';
import { EmptyState, Note, Panel, PanelGrid, PanelStack, RelativeTime, SkeletonLines, StateLabel } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { useRegion } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { usePlacementWords } from '../placement-words.ts';
import { none } from '../vm-facts.tsx';
import { useVm } from './vm-context.tsx';
import styles from './vm-detail.module.css';

function Decision({ placement }: { placement: Placement }) {
  const t = useTranslations('vm.placement');
  const locale = useLocale();
  const region = useRegion();
  const words = usePlacementWords();
  const fix = placement.nearestFix;
  const ordered = placement.verdicts.toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1));
  return (
    <Panel
      title={
        placement.chosen
          ? t('chosen', { cause: t(`causes.${placement.cause}`), host: placement.chosen.name })
          : t('noHost')
      }
      hint={<RelativeTime at={placement.decidedAt} locale={locale} />}
      flush
    >
      {fix && (
        <Note tone="warn" title={t('nearestFix')}>
          {t('nearestFixIs', {
            host: fix.host,
            rule: words.rule(fix.rule),
            missing: words.amount(fix.rule, fix.missing),
          })}
        </Note>
      )}
      <table className={styles.table} aria-label={t('title')}>
        <thead>
          <tr>
            <th>{t('host')}</th>
            <th>{t('verdict')}</th>
            <th>{t('rule')}</th>
            <th>{t('needed')}</th>
            <th>{t('available')}</th>
            <th className={styles.num}>{t('score')}</th>
            <th>{t('parts')}</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map(({ host, fits, ruledOut, score, parts }) => {
            const chosen = host.id === placement.chosen?.id;
            return (
              <tr key={host.id}>
                <td>
                  <Link href={paths.host(region, host.id)}>{host.name}</Link>
                </td>
                <td>
                  <StateLabel tone={chosen ? 'ok' : 'off'}>{t(chosen ? 'isChosen' : fits ? 'fits' : 'out')}</StateLabel>
                </td>
                <td>{ruledOut ? words.rule(ruledOut.rule) : none}</td>
                <td>{ruledOut ? words.amount(ruledOut.rule, ruledOut.needed) : none}</td>
                <td>{ruledOut ? words.amount(ruledOut.rule, ruledOut.available) : none}</td>
                <td className={styles.num}>{score === null ? none : words.score(score)}</td>
                <td className="bs-tertiary">
                  {parts.map((part) => `${t(`scoreParts.${part.key}`)} ${words.score(part.value)}`).join(' · ')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}

/** Why the VM is where it is: every decision, host by host. */
export function PlacementTab() {
  const t = useTranslations('vm.placement');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const region = useRegion();
  const { vm } = useVm();
  const placements = useQuery(trpc.vm.placement.queryOptions({ region, id: vm.id }));
  return (
    <PanelGrid>
      <PanelStack>
        {placements.isError && (
          <QueryError title={t('failed')} error={placements.error} onRetry={() => void placements.refetch()} />
        )}
        {placements.isPending && <SkeletonLines lines={6} label={c('loading')} />}
        {placements.data?.items.length === 0 && (
          <Panel title={t('title')}>
            <EmptyState title={t('none')}>{t('noneWhy')}</EmptyState>
          </Panel>
        )}
        {placements.data?.items.map((item) => (
          <Decision key={`${item.decidedAt}:${item.cause}`} placement={item} />
        ))}
      </PanelStack>
    </PanelGrid>
  );
}
