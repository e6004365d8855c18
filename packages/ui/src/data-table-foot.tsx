'use client';
import { Button, Select } from 'antd';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { TableLabels, TablePage } from './data-table-types.ts';
import styles from './data-table-foot.module.css';
import { iconProps } from './icon-size.ts';

const pageSizes = [20, 50, 100, 200] as const;

export interface DataTableFootProps {
  page: TablePage | undefined;
  labels: TableLabels;
  shownRows: number;
  children: React.ReactNode;
}

/** The line under a table: age of the data at the left, paging at the right. */
export function DataTableFoot({ page, labels, shownRows, children }: DataTableFootProps) {
  return (
    <div className={styles.foot}>
      <div className={styles.left}>{children}</div>
      {page !== undefined && page.total !== undefined && page.total > 0 && shownRows > 0 && (
        <>
          <span>{labels.range(page.offset + 1, page.offset + shownRows, page.total)}</span>
          <Button
            type="text"
            size="small"
            aria-label={labels.previous}
            icon={<ChevronLeft {...iconProps(14)} />}
            disabled={page.offset === 0}
            onClick={() => page.onChange(Math.max(0, page.offset - page.size), page.size)}
          />
          <Button
            type="text"
            size="small"
            aria-label={labels.next}
            icon={<ChevronRight {...iconProps(14)} />}
            disabled={page.offset + shownRows >= page.total}
            onClick={() => page.onChange(page.offset + page.size, page.size)}
          />
          <Select
            size="small"
            variant="borderless"
            aria-label={labels.perPage(page.size)}
            value={page.size}
            onChange={(size: number) => page.onChange(0, size)}
            options={(page.sizes ?? pageSizes).map((size) => ({ value: size, label: labels.perPage(size) }))}
          />
        </>
      )}
    </div>
  );
}
