'use client';
import type { PlacementPreview } from '@basalt/contract';
import { AsideBlock, Bar, CodeBlock, cx, formatBytes, formatNumber, StateLabel, StateMark } from '@basalt/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { Button } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState, useSyncExternalStore } from 'react';
import { readable } from '@/api/errors.ts';
import { usePlacementWords } from '../placement-words.ts';
import styles from './create.module.css';
import type { CreateInput } from './create-form.ts';
import { curlText } from './curl-text.ts';

const mostRows = 8;

interface CreateAsideProps {
  preview: UseQueryResult<PlacementPreview>;
  input: CreateInput;
  onField: (field: string) => void;
}

/** Answers while one types: does it fit, where it lands and why, which addresses, the same as API. */
export function CreateAside({ preview, input, onField }: CreateAsideProps) {
  const t = useTranslations('vm.create');
  const c = useTranslations('common');
  const locale = useLocale();
  const words = usePlacementWords();
  const [reasons, setReasons] = useState(false);
  const origin = useSyncExternalStore(
    () => () => undefined,
    () => window.location.origin,
    () => '',
  );
  const data = preview.data;
  const problems = (data?.problems ?? []).filter((item) => input.name !== '' || item.field !== 'name');
  const first = data?.placements[0];
  const out = first?.verdicts.filter((verdict) => !verdict.fits) ?? [];
  const dim = cx((preview.isPlaceholderData || preview.isError) && styles.dim);
  const amount = (resource: string, value: number) => (resource === 'vcpu' ? formatNumber(value) : formatBytes(value));
  return (
    <>
      <AsideBlock
        title={t('capacity')}
        extra={
          data && (
            <StateLabel tone={data.fits || problems.length === 0 ? 'ok' : 'err'}>
              {t(data.fits || problems.length === 0 ? 'fits' : 'fitsNot')}
            </StateLabel>
          )
        }
      >
        {preview.isError && (
          <p className="bs-err bs-caption" role="alert">
            {readable(preview.error, locale, c('noAnswer')).text}
          </p>
        )}
        {!data && !preview.isError && <p className="bs-tertiary bs-caption">{t('previewWaits')}</p>}
        <ul className={cx(styles.lines, dim)}>
          {data?.capacity.map((item) => {
            const used = item.total > 0 ? (item.total - item.free) / item.total : 0;
            const after = item.total > 0 ? (item.total - item.free + item.needed) / item.total : 0;
            const name = item.resource === 'storage' ? item.where : t(`resources.${item.resource}`);
            return (
              <li key={`${item.resource}:${item.where}`} className={styles.capacity}>
                <span className={styles.cut} title={item.where}>
                  {name}
                </span>
                <span>{amount(item.resource, item.needed)}</span>
                <Bar
                  value={Math.max(used, after)}
                  tick={used}
                  tone={item.needed > item.free ? 'err' : after >= 0.8 ? 'warn' : 'neutral'}
                  label={t('capacityOf', { name })}
                />
                <span className="bs-tertiary bs-caption">
                  {t('free', { amount: amount(item.resource, item.free) })}
                </span>
              </li>
            );
          })}
        </ul>
        {problems.length > 0 && (
          <ul className={styles.verdicts}>
            {problems.map((problem) => (
              <li key={`${problem.code}:${problem.field}`}>
                <span>
                  <StateMark tone="err" size={11} /> <span className="bs-err">{problem.message}</span>
                </span>
                {problem.field !== null && (
                  <span>
                    <button type="button" className={styles.field} onClick={() => onField(problem.field ?? '')}>
                      {t('toField')}
                    </button>
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </AsideBlock>
      {first && (
        <AsideBlock
          title={t('placed')}
          extra={
            <Button type="link" size="small" aria-expanded={reasons} onClick={() => setReasons(!reasons)}>
              {t(reasons ? 'hideReasons' : 'reasons')}
            </Button>
          }
        >
          <ul className={cx(styles.lines, dim)}>
            {data?.placements.slice(0, mostRows).map((placement, index) => {
              const chosen = placement.verdicts.find((verdict) => verdict.host.id === placement.chosen?.id);
              return (
                <li key={data.addresses[index]?.name ?? index} className={styles.placed}>
                  <span>{input.name === '' ? t('newVm') : (data.addresses[index]?.name ?? input.name)}</span>
                  <b>{placement.chosen?.name ?? <span className="bs-err">{t('noHost')}</span>}</b>
                  <span className="bs-tertiary bs-caption">
                    {chosen?.score !== null && chosen?.score !== undefined
                      ? t('score', { score: words.score(chosen.score) })
                      : ''}
                  </span>
                </li>
              );
            })}
            {data && data.placements.length > mostRows && (
              <li className="bs-tertiary">{t('andMore', { count: data.placements.length - mostRows })}</li>
            )}
          </ul>
          {!reasons && (
            <p className="bs-tertiary bs-caption">
              {t('ruledOutCount', { hosts: first.verdicts.length, out: out.length })}
            </p>
          )}
          {reasons && (
            <ul className={styles.verdicts}>
              {first.verdicts.map((verdict) => (
                <li key={verdict.host.id}>
                  <span>
                    <StateMark tone={verdict.fits ? 'ok' : 'off'} size={11} /> {verdict.host.name}
                  </span>
                  <span className="bs-tertiary bs-caption">
                    {verdict.ruledOut
                      ? words.ruledOut(verdict.ruledOut.rule, verdict.ruledOut.needed, verdict.ruledOut.available)
                      : t('score', { score: words.score(verdict.score ?? 0) })}
                  </span>
                </li>
              ))}
            </ul>
          )}
          {first.nearestFix && (
            <p className="bs-warn bs-caption">
              {t('nearestFix', {
                host: first.nearestFix.host,
                rule: words.rule(first.nearestFix.rule),
                missing: words.amount(first.nearestFix.rule, first.nearestFix.missing),
              })}
            </p>
          )}
        </AsideBlock>
      )}
      {data && data.addresses.length > 0 && (
        <AsideBlock title={t('addresses')}>
          <ul className={cx(styles.lines, dim)}>
            {data.addresses.slice(0, mostRows).flatMap((vm) =>
              vm.addresses.map((item, index) => (
                <li key={`${vm.name}:${index}`} className={styles.placed}>
                  <span title={item.network}>{input.name === '' ? t('newVm') : vm.name}</span>
                  <span className="bs-mono">{item.address ?? '—'}</span>
                  <span className="bs-tertiary bs-caption">{t(item.automatic ? 'automatic' : 'chosen')}</span>
                </li>
              )),
            )}
          </ul>
        </AsideBlock>
      )}
      <AsideBlock title={t('sameAsApi')}>
        <CodeBlock
          label={t('sameAsApi')}
          text={curlText(origin, input)}
          copyLabel={c('copy')}
          copiedLabel={c('copied')}
        />
      </AsideBlock>
    </>
  );
}
