'use client';
import type { OperationEntry } from '@basalt/contract';
import {
  ActionButton,
  Copyable,
  FactGrid,
  formatExact,
  formatNumber,
  iconProps,
  Note,
  StateLabel,
  usePageKeys,
} from '@basalt/ui';
import { Drawer } from 'antd';
import { ChevronDown, ChevronUp, Lock } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { clientName } from '@/my-account/client-name.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { changeRows, isMark, valueText } from './entry-changes.ts';
import styles from './operation-log.module.css';
import { resultTones, useLogWords } from './use-log-words.ts';

interface EntryPanelProps {
  entry: OperationEntry;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  /** Shows only entries about this resource. */
  onResource: (id: string) => void;
}

/** One entry beside the list: who, what, from where, which values. */
export function EntryPanel({ entry, onClose, onPrevious, onNext, onResource }: EntryPanelProps) {
  const t = useTranslations('operationLog');
  const c = useTranslations('common');
  const words = useLogWords();
  const { region, regions } = useConsole();
  const title = words.operation(entry.operation);
  // The list beside stays in use, so the focus may be there.
  usePageKeys((key) => {
    if (key === 'Escape') onClose();
    return key === 'Escape';
  });
  const copy = (text: string) => (
    <Copyable text={text} label={c('copyValue', { value: text })} copiedLabel={c('copied')} />
  );
  const where = entry.region === null ? undefined : regions.find(({ key }) => key === entry.region)?.name;
  return (
    <Drawer
      open
      onClose={onClose}
      mask={false}
      size={460}
      title={title}
      aria-label={title}
      closable={{ 'aria-label': c('close'), placement: 'end' }}
      extra={
        <>
          <ActionButton
            kind="text"
            size="small"
            icon={<ChevronUp {...iconProps()} />}
            label={t('newer')}
            reason={onPrevious ? undefined : t('first')}
            onClick={onPrevious}
          />
          <ActionButton
            kind="text"
            size="small"
            icon={<ChevronDown {...iconProps()} />}
            label={t('older')}
            reason={onNext ? undefined : t('last')}
            onClick={onNext}
          />
        </>
      }
    >
      <div className={styles.entry}>
        <StateLabel tone={resultTones[entry.result]}>{t(`results.${entry.result}`)}</StateLabel>
        {entry.error && (
          <Note tone="err" title={entry.error.text}>
            <span className="bs-mono">{entry.error.code}</span>
          </Note>
        )}
        <FactGrid
          facts={[
            { key: 'at', label: t('columns.at'), value: formatExact(new Date(entry.at)) },
            { key: 'account', label: t('columns.account'), value: entry.account.name || undefined },
            {
              key: 'address',
              label: t('columns.address'),
              value: entry.address === '' ? undefined : copy(entry.address),
            },
            {
              key: 'client',
              label: t('columns.client'),
              value: (
                <span title={entry.client}>
                  {t(`via.${entry.via}`)}
                  {entry.client !== '' && ` · ${clientName(entry.client)}`}
                </span>
              ),
            },
            {
              key: 'resources',
              label: t('columns.resources'),
              value:
                entry.resources.length === 0 ? undefined : (
                  <ul className={styles.resources}>
                    {entry.resources.map((item) => {
                      const path = pathOfObject(entry.region ?? region.key, item.kind, item.id);
                      return (
                        <li key={`${item.kind}-${item.id}`}>
                          <span className="bs-tertiary">{words.module(item.kind)}</span>{' '}
                          {path === undefined ? item.name : <Link href={path}>{item.name}</Link>}{' '}
                          <ActionButton kind="link" size="small" onClick={() => onResource(item.id)}>
                            {t('onlyThis')}
                          </ActionButton>
                        </li>
                      );
                    })}
                  </ul>
                ),
            },
            { key: 'region', label: t('columns.region'), value: where ?? entry.region ?? undefined },
            {
              key: 'operation',
              label: t('procedure'),
              value: <span className="bs-mono">{entry.operation}</span>,
            },
            {
              key: 'task',
              label: t('task'),
              value:
                entry.taskId === null ? undefined : (
                  <Link href={paths.task(entry.region ?? region.key, entry.taskId)}>{t('openTask')}</Link>
                ),
            },
          ]}
        />
        <Changes entry={entry} />
        <section>
          <h3 className={styles.heading}>{t('chain')}</h3>
          <FactGrid
            facts={[
              { key: 'sequence', label: t('columns.sequence'), value: formatNumber(entry.sequence) },
              { key: 'recordedAt', label: t('recordedAt'), value: formatExact(new Date(entry.recordedAt)) },
              {
                key: 'requestId',
                label: c('requestId'),
                value: entry.requestId === '' ? undefined : copy(entry.requestId),
              },
            ]}
          />
        </section>
      </div>
    </Drawer>
  );
}

function Changes({ entry: { module, detail } }: { entry: OperationEntry }) {
  const t = useTranslations('operationLog');
  const words = useLogWords();
  const rows = changeRows(detail);
  const dash = <span className="bs-none">—</span>;
  const text = (value: unknown) => valueText(value, t('yes'), t('no')) ?? dash;
  return (
    <section>
      <h3 className={styles.heading}>
        {t('changes')} <span className="bs-tertiary">{formatNumber(rows.length)}</span>
      </h3>
      {rows.length === 0 ? (
        <p className="bs-tertiary">{t('noChanges')}</p>
      ) : (
        <table className={styles.changes} aria-label={t('changes')}>
          <thead>
            <tr>
              <th>{t('field')}</th>
              <th>{t('before')}</th>
              <th>{t('after')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.field}>
                <FieldCell {...words.field(module, row.field)} raw={row.field} />
                {row.secret ? (
                  <td colSpan={2}>
                    <Lock {...iconProps(12)} /> {t('secret')}
                  </td>
                ) : (
                  <>
                    <td className="bs-secondary">{'before' in row ? text(row.before) : ''}</td>
                    <td>{isMark(row) ? t(`marks.${row.after}`) : text(row.after)}</td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** What was changed, in words; the name that the API uses stands in the tooltip. */
function FieldCell({ text, known, raw }: { text: string; known: boolean; raw: string }) {
  return known ? <td title={raw}>{text}</td> : <td className="bs-mono">{text}</td>;
}
