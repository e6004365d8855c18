'use client';
import type { Image } from '@basalt/contract';
import { formatBytes, formatNumber, RelativeTime, type DataColumn } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useMemo } from 'react';
import { paths } from '@/paths.ts';
import { ImageState } from './image-upload-state.tsx';

const none = <span className="bs-none">—</span>;

/** "Debian 13" says all; a bare "13" needs its family. */
const osOf = (version: string, family: string): string =>
  /^\p{L}/u.test(version) ? version : [family, version].filter((part) => part !== '').join(' ');

export function useImageColumns(region: string): DataColumn<Image>[] {
  const t = useTranslations('images');
  const locale = useLocale();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('columns.name'),
        width: 190,
        sortable: true,
        render: (image) => <Link href={paths.image(region, image.id)}>{image.name}</Link>,
      },
      {
        key: 'state',
        title: t('columns.state'),
        width: 180,
        sortable: true,
        render: (image) => <ImageState image={image} reason />,
      },
      {
        key: 'os',
        title: t('columns.os'),
        width: 150,
        render: (image) => osOf(image.osVersion, t(`osFamily.${image.osFamily}`)),
      },
      { key: 'format', title: t('columns.format'), width: 90, render: (image) => t(`format.${image.format}`) },
      {
        key: 'fileSize',
        title: t('columns.fileSize'),
        width: 110,
        align: 'right',
        sortable: true,
        render: (image) => formatBytes(image.fileSize),
      },
      {
        key: 'virtualSize',
        title: t('columns.virtualSize'),
        width: 120,
        align: 'right',
        render: (image) => (image.virtualSize === null ? none : formatBytes(image.virtualSize)),
      },
      {
        key: 'vms',
        title: t('columns.vms'),
        width: 110,
        align: 'right',
        render: (image) => (image.vms === 0 ? none : formatNumber(image.vms)),
      },
      {
        key: 'createdAt',
        title: t('columns.createdAt'),
        width: 130,
        sortable: true,
        render: (image) => <RelativeTime at={image.createdAt} locale={locale} />,
      },
      {
        key: 'firmware',
        title: t('columns.firmware'),
        width: 90,
        optional: true,
        render: (image) => t(`firmware.${image.firmware}`),
      },
      {
        key: 'architecture',
        title: t('columns.architecture'),
        width: 100,
        optional: true,
        render: (image) => image.architecture,
      },
      {
        key: 'storage',
        title: t('columns.storage'),
        width: 140,
        optional: true,
        render: (image) => image.storageCluster.name,
      },
      { key: 'id', title: t('columns.id'), width: 320, optional: true, mono: true, render: (image) => image.id },
    ],
    [t, locale, region],
  );
}
