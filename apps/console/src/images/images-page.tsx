'use client';
import { imageState, stateColor, stateLabel, type Image } from '@basalt/contract';
import { ActionButton, EmptyState, iconProps } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { z } from 'zod';
import { useTRPC } from '@/api/client.ts';
import { ListPage } from '@/list/list-page.tsx';
import { sortOf, valuesOf } from '@/list/sort-of.ts';
import { toggleFilter, useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { useImageColumns } from './image-columns.tsx';
import { UploadControls } from './upload-controls.tsx';
import { UploadDrawer } from './upload-drawer.tsx';

const osFamilies = z.enum(['linux', 'windows', 'other']);

/** All images, with uploads in progress in their rows; `?upload=1` opens the drawer. */
export function ImagesPage() {
  const t = useTranslations('images');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { region } = useConsole();
  const permissionReason = usePermissionReason();
  const [state, setState] = useListState();
  const sort = sortOf(state.sort, ['name', 'state', 'createdAt', 'fileSize']);
  const query = useQuery(
    trpc.image.list.queryOptions(
      {
        region: region.key,
        limit: state.size,
        page: state.page,
        search: state.search,
        ...(sort ? { sort } : {}),
        filter: {
          state: valuesOf(state.filter['state'], imageState),
          osFamily: valuesOf(state.filter['os'], osFamilies),
        },
      },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns = useImageColumns(region.key);
  const counts = query.data?.facets.state ?? {};
  const shown = imageState.options.filter((key) => (counts[key] ?? 0) > 0 || state.filter['state']?.includes(key));
  const facets = shown.map((key) => ({
    key: `state:${key}`,
    label: stateLabel('image', key, locale),
    tone: stateColor('image', key),
    count: counts[key] ?? 0,
    active: state.filter['state']?.includes(key) ?? false,
  }));
  const upload = (
    <ActionButton
      kind="primary"
      icon={<Upload {...iconProps()} />}
      reason={permissionReason('image:upload')}
      onClick={() => router.push(paths.imageUpload(region.key))}
    >
      {t('upload.open')}
    </ActionButton>
  );
  return (
    <>
      <ListPage<Image>
        title={t('title')}
        actions={upload}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(image) => image.id}
        rowName={(image) => image.name}
        onOpen={(image) => router.push(paths.image(region.key, image.id))}
        rowActions={(image) => <UploadControls region={region.key} image={image} />}
        facets={facets}
        onFacet={(key) => setState({ filter: toggleFilter(state.filter, 'state', key.slice('state:'.length)) })}
        condition={(field, value) => {
          if (field === 'state') {
            const known = imageState.safeParse(value);
            return {
              field: t('columns.state'),
              value: known.success ? stateLabel('image', known.data, locale) : value,
            };
          }
          const family = osFamilies.safeParse(value);
          return field === 'os' && family.success
            ? { field: t('columns.os'), value: t(`osFamily.${family.data}`) }
            : undefined;
        }}
        placeholder={t('search')}
        defaultSort={{ key: 'createdAt', order: 'desc' }}
        failed={t('failed')}
        stillWorks={t('stillWorks')}
        emptyFiltered={t('emptyFiltered')}
        empty={
          <EmptyState title={t('empty')} actions={upload}>
            {t('emptyWhy')}
          </EmptyState>
        }
      />
      <UploadDrawer
        open={params.get('upload') === '1' && permissionReason('image:upload') === undefined}
        onClose={() => router.replace(pathname, { scroll: false })}
      />
    </>
  );
}
