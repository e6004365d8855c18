'use client';
import { permissionTable, type Permission } from '@basalt/contract';
import { cx, formatNumber, iconProps, Segments, Tag } from '@basalt/ui';
import { Checkbox, Input } from 'antd';
import { Check, ChevronDown, ChevronRight, Search } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useDeferredValue, useState } from 'react';
import {
  basicKinds,
  fitsLevel,
  grantedOf,
  matrixFind,
  permissionCount,
  permissionDiff,
  permissionsSet,
  type AccountLevel,
  type MatrixColumn,
  type MatrixRow,
} from './permission-model.ts';
import styles from './permission-matrix.module.css';

const columns: readonly MatrixColumn[] = [...basicKinds, 'manage'];

export interface PermissionMatrixProps {
  granted: ReadonlySet<Permission>;
  /** What is compared with; differences are marked. */
  base?: ReadonlySet<Permission> | undefined;
  level: AccountLevel;
  /** Absent: only to be read. */
  onChange?: ((granted: ReadonlySet<Permission>) => void) | undefined;
  /** A word beside a granted permission that does not hold everywhere. */
  mark?: ((permission: Permission) => string | undefined) | undefined;
  /** Typed into the search from outside, e.g. by a refusal. */
  text: string;
  onText: (text: string) => void;
}

/** Resource types by operations, drawn from the registry: to be read, or to be ticked by cell, row, column and group. */
export function PermissionMatrix({ granted, base, level, onChange, mark, text, onText }: PermissionMatrixProps) {
  const t = useTranslations('roles.matrix');
  const r = useTranslations('roles');
  const locale = useLocale();
  const [only, setOnly] = useState<'all' | 'granted' | 'changed'>('all');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const wanted = useDeferredValue(text);
  const diff = base && permissionDiff(granted, base);
  const differs = new Set(diff ? [...diff.more, ...diff.less] : []);
  const keep = {
    all: () => true,
    granted: (row: MatrixRow) => row.all.some((key) => granted.has(key)),
    changed: (row: MatrixRow) => row.all.some((key) => differs.has(key)),
  };
  const groups = matrixFind(wanted, locale, keep[only]);
  const countOf = (which: keyof typeof keep) =>
    formatNumber(matrixFind(wanted, locale, keep[which]).reduce((sum, { rows }) => sum + rows.length, 0));
  const flip = (set: ReadonlySet<string>, key: string) => {
    const next = new Set(set);
    if (!next.delete(key)) next.add(key);
    return next;
  };
  const shown = groups.flatMap(({ rows }) => rows);
  /** A box over several permissions: ticked when all are granted that this level may hold. */
  const box = (permissions: readonly Permission[], label: string, children?: React.ReactNode) => {
    const possible = permissions.filter((key) => fitsLevel(key, level));
    const state = grantedOf(possible, granted);
    if (!onChange)
      return (
        <span className={styles.fact}>
          {state === 'none' ? (
            <span className="bs-none" aria-hidden>
              —
            </span>
          ) : (
            <Check {...iconProps(14)} className={styles.check} />
          )}
          <span className="bs-visually-hidden">
            {label}: {t(state === 'none' ? 'notGranted' : 'isGranted')}
          </span>
          {children}
        </span>
      );
    return (
      <Checkbox
        aria-label={label}
        checked={state === 'all' && possible.length > 0}
        indeterminate={state === 'some'}
        disabled={possible.length === 0}
        {...(possible.length === 0 ? { title: t('systemOnly') } : {})}
        onChange={() => onChange(permissionsSet(granted, possible, state !== 'all', level))}
      >
        {children}
      </Checkbox>
    );
  };
  const signs = (permissions: readonly Permission[]) => {
    const more = permissions.filter((key) => diff?.more.includes(key)).length;
    const less = permissions.filter((key) => diff?.less.includes(key)).length;
    return (
      <>
        {more > 0 && <span className={styles.sign}>{permissions.length === 1 ? '+' : `+${more}`}</span>}
        {less > 0 && <span className={styles.sign}>{permissions.length === 1 ? '−' : `−${less}`}</span>}
      </>
    );
  };
  const marksOf = (permissions: readonly Permission[]) => {
    const words = new Set(permissions.filter((key) => granted.has(key)).flatMap((key) => mark?.(key) ?? []));
    return [...words].map((word) => <Tag key={word}>{word}</Tag>);
  };
  const cell = (row: MatrixRow, column: MatrixColumn) => {
    const permissions = row.cells[column];
    if (permissions.length === 0) return <span className="bs-none">—</span>;
    const [first] = permissions;
    const single = permissions.length === 1 && first !== undefined && column !== 'manage';
    const label = single ? permissionTable[first].label[locale] : `${row.label[locale]} ${t(`columns.${column}`)}`;
    return (
      <span className={styles.cell}>
        {box(permissions, label)}
        {column === 'manage' && (
          <span className="bs-secondary">
            {permissions.filter((key) => granted.has(key)).length} / {permissions.length}
          </span>
        )}
        {signs(permissions)}
        {marksOf(permissions)}
      </span>
    );
  };
  const matchesInside = (row: MatrixRow) => {
    const needle = wanted.trim().toLowerCase();
    return (
      needle !== '' &&
      row.cells.manage.some(
        (key) =>
          key.toLowerCase().includes(needle) || permissionTable[key].label[locale].toLowerCase().includes(needle),
      )
    );
  };

  return (
    <>
      <div className={styles.bar}>
        <Input
          className={styles.search ?? ''}
          prefix={<Search {...iconProps(14)} />}
          allowClear
          aria-label={t('search')}
          placeholder={t('search')}
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
        <Segments
          label={t('filter')}
          value={only}
          onChange={setOnly}
          options={[
            { key: 'all', label: t('all', { count: countOf('all') }) },
            { key: 'granted', label: t('granted', { count: countOf('granted') }) },
            ...(base ? [{ key: 'changed' as const, label: t('changed', { count: countOf('changed') }) }] : []),
          ]}
        />
        <span className={styles.space} />
        <span className="bs-secondary">
          {t.rich('count', {
            granted: formatNumber(granted.size),
            total: formatNumber(permissionCount),
            b: (chunks) => <b className="bs-strong">{chunks}</b>,
          })}
        </span>
      </div>
      <table className={styles.matrix} aria-label={t('title')}>
        <thead>
          <tr>
            <th scope="col">{t('columns.resource')}</th>
            {columns.map((column) => {
              const all = shown.flatMap((row) => row.cells[column]);
              return (
                <th key={column} scope="col">
                  {onChange && all.length > 0
                    ? box(all, t('wholeColumn', { name: t(`columns.${column}`) }), t(`columns.${column}`))
                    : t(`columns.${column}`)}
                </th>
              );
            })}
          </tr>
        </thead>
        {groups.map(({ key, rows }) => {
          const all = rows.flatMap((row) => row.all);
          const folded = closed.has(key) && wanted === '';
          const name = r(`groups.${key}`);
          return (
            <tbody key={key}>
              <tr className={styles.group}>
                <th scope="rowgroup" colSpan={5}>
                  <span className={styles.cell}>
                    {onChange && box(all, t('wholeGroup', { name }))}
                    <button
                      type="button"
                      className={styles.fold}
                      aria-expanded={!folded}
                      onClick={() => setClosed(flip(closed, key))}
                    >
                      {folded ? <ChevronRight {...iconProps(14)} /> : <ChevronDown {...iconProps(14)} />}
                      <b>{name}</b>
                      <span className="bs-secondary">{t('kinds', { count: rows.length })}</span>
                    </button>
                  </span>
                </th>
                <td className="bs-secondary">
                  {all.filter((permission) => granted.has(permission)).length} / {all.length}
                </td>
              </tr>
              {!folded &&
                rows.map((row) => {
                  const many = row.cells.manage.length > 0;
                  const unfolded = many && (open.has(row.resource) || matchesInside(row));
                  const label = row.label[locale];
                  return [
                    <tr key={row.resource} className={cx(unfolded && styles.unfolded)}>
                      <th scope="row">
                        <span className={styles.cell}>
                          {onChange && box(row.all, t('wholeRow', { name: label }))}
                          {many ? (
                            <button
                              type="button"
                              className={styles.fold}
                              aria-expanded={unfolded}
                              onClick={() => setOpen(flip(open, row.resource))}
                            >
                              {unfolded ? <ChevronDown {...iconProps(14)} /> : <ChevronRight {...iconProps(14)} />}
                              {label}
                            </button>
                          ) : (
                            <span className={styles.plain}>{label}</span>
                          )}
                          {row.global && level === 'region' && (
                            <span className="bs-tertiary" title={t('systemOnly')}>
                              {t('systemLevel')}
                            </span>
                          )}
                        </span>
                      </th>
                      {columns.map((column) => (
                        <td key={column}>{cell(row, column)}</td>
                      ))}
                    </tr>,
                    unfolded && (
                      <tr key={`${row.resource}-more`} className={styles.unfolded}>
                        <td colSpan={6}>
                          <div className={styles.operations}>
                            {row.cells.manage.map((permission) => (
                              <span key={permission} className={styles.operation} title={permission}>
                                {box(
                                  [permission],
                                  permissionTable[permission].label[locale],
                                  <span>{permissionTable[permission].label[locale]}</span>,
                                )}
                                {signs([permission])}
                                {marksOf([permission])}
                              </span>
                            ))}
                          </div>
                        </td>
                      </tr>
                    ),
                  ];
                })}
            </tbody>
          );
        })}
      </table>
      {groups.length === 0 && <p className={styles.none}>{t('nothing')}</p>}
      <p className={styles.foot}>
        {base !== undefined && (
          <>
            <span>
              <span className={styles.sign}>+</span> {t('more')}
            </span>
            <span>
              <span className={styles.sign}>−</span> {t('less')}
            </span>
          </>
        )}
        <span className={styles.space} />
        {onChange && t('brings')}
      </p>
    </>
  );
}
