'use client';
import { stateColor, stateLabel, type Image } from '@basalt/contract';
import {
  ActionButton,
  ConfirmDialog,
  Copyable,
  FactGrid,
  formatBytes,
  formatNumber,
  iconProps,
  Note,
  PageHeader,
  Panel,
  PanelGrid,
  PanelStack,
  RelativeTime,
  SkeletonLines,
  StatePill,
  useToast,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2, X } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { actionReason, imageActions, objectActionLabel } from '@/actions/registry.ts';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { pickText } from '@/i18n/pick-text.ts';
import { paths } from '@/paths.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { ResourceTimeline } from '@/events/resource-timeline.tsx';
import { ImageState, useUploadOf, useUploadWords } from './image-upload-state.tsx';
import { UploadControls, useUploadError } from './upload-controls.tsx';
import { uploads } from './upload-manager.ts';

export function ImagePage({ id }: { id: string }) {
  const t = useTranslations('images');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const { region } = useConsole();
  const image = useQuery(trpc.image.get.queryOptions({ region: region.key, id }));
  useDescribePage(useMemo(() => ({ title: image.data?.name ?? '' }), [image.data?.name]));
  return (
    <>
      {image.isError && <QueryError title={t('failedOne')} error={image.error} onRetry={() => void image.refetch()} />}
      {image.data && <ImageBody image={image.data} />}
      {image.isPending && (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

function ImageBody({ image }: { image: Image }) {
  const t = useTranslations('images');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const { region } = useConsole();
  const permissionReason = usePermissionReason();
  const [asking, setAsking] = useState<'delete' | 'cancel' | null>(null);
  const upload = useUploadOf(image.id);
  const words = useUploadWords();
  const uploadError = useUploadError(image);
  const again = () => void client.invalidateQueries({ queryKey: trpc.image.pathKey() });
  const remove = useMutation(
    trpc.image.delete.mutationOptions({
      onSuccess: ({ taskId }) => {
        setAsking(null);
        again();
        toast({
          tone: 'busy',
          title: t('delete.begun', { name: image.name }),
          action: <Link href={paths.task(region.key, taskId)}>{c('toTask')}</Link>,
        });
        router.push(paths.images(region.key));
      },
    }),
  );
  const cancel = useMutation(
    trpc.image.cancelUpload.mutationOptions({
      onSuccess: () => {
        uploads.forget(image.id);
        setAsking(null);
        again();
      },
    }),
  );
  const deleteReason =
    actionReason(imageActions.delete, image.state, locale, permissionReason) ??
    (image.vms > 0 ? t('delete.used', { count: image.vms }) : undefined);
  const createReason =
    permissionReason('vm:create') ??
    actionReason({ kind: 'image', action: 'createVm', permission: 'vm:create' }, image.state, locale, permissionReason);
  const copy = (text: string) => (
    <Copyable text={text} label={c('copyValue', { value: text })} copiedLabel={c('copied')} />
  );
  const failure = uploadError ?? (image.reason === null ? undefined : pickText(image.reason, locale));
  const acting = asking === 'delete' ? remove : cancel;

  return (
    <>
      <PageHeader
        title={image.name}
        pill={<StatePill tone={stateColor('image', image.state)}>{stateLabel('image', image.state, locale)}</StatePill>}
        actions={
          <>
            {image.state === 'uploading' && (
              <ActionButton
                icon={<X {...iconProps()} />}
                reason={actionReason(imageActions.cancel, image.state, locale, permissionReason)}
                onClick={() => setAsking('cancel')}
              >
                {t('cancel.action')}
              </ActionButton>
            )}
            <ActionButton
              danger
              icon={<Trash2 {...iconProps()} />}
              reason={deleteReason}
              onClick={() => setAsking('delete')}
            >
              {objectActionLabel(imageActions.delete, locale)}
            </ActionButton>
            <ActionButton
              kind="primary"
              icon={<Plus {...iconProps()} />}
              reason={createReason}
              onClick={() => router.push(`${paths.vmCreate(region.key)}?image=${image.id}`)}
            >
              {t('createVm')}
            </ActionButton>
          </>
        }
        facts={copy(image.id)}
        {...(failure === undefined
          ? {}
          : {
              note: (
                <Note tone="err" title={t('why')}>
                  {failure} {t('whyNext')}
                </Note>
              ),
            })}
      />
      <PanelGrid columns={[2, 1]}>
        <PanelStack>
          {image.state === 'uploading' && (
            <Panel title={t('upload.panel')} extra={<UploadControls region={region.key} image={image} />}>
              <ImageState image={image} />
              <p className="bs-tertiary">{upload ? words(upload) : t('upload.elsewhere')}</p>
            </Panel>
          )}
          <Panel title={t('facts')}>
            <FactGrid
              columns={2}
              facts={[
                {
                  key: 'os',
                  label: t('columns.os'),
                  value: [t(`osFamily.${image.osFamily}`), image.osVersion].filter((part) => part !== '').join(' · '),
                },
                { key: 'architecture', label: t('columns.architecture'), value: image.architecture },
                { key: 'kind', label: t('columns.kind'), value: t(`kind.${image.kind}`) },
                { key: 'format', label: t('columns.format'), value: t(`format.${image.format}`) },
                { key: 'fileSize', label: t('columns.fileSize'), value: formatBytes(image.fileSize) },
                {
                  key: 'virtualSize',
                  label: t('minimumDisk'),
                  value: image.virtualSize === null ? undefined : formatBytes(image.virtualSize),
                },
                { key: 'firmware', label: t('columns.firmware'), value: t(`firmware.${image.firmware}`) },
                {
                  key: 'guestAgent',
                  label: t('columns.guestAgent'),
                  value: image.guestAgent ? t('included') : t('notIncluded'),
                },
                {
                  key: 'cloudInit',
                  label: t('columns.cloudInit'),
                  value: image.cloudInit ? t('included') : t('notIncluded'),
                },
                { key: 'defaultUser', label: t('columns.defaultUser'), value: image.defaultUser },
                { key: 'storage', label: t('columns.storage'), value: image.storageCluster.name },
                {
                  key: 'createdAt',
                  label: t('columns.createdAt'),
                  value: <RelativeTime at={image.createdAt} locale={locale} />,
                },
                { key: 'note', label: t('columns.note'), value: image.note === '' ? undefined : image.note },
                {
                  key: 'task',
                  label: t('importTask'),
                  value:
                    image.taskId === null ? undefined : (
                      <Link href={paths.task(region.key, image.taskId)}>{c('toTask')}</Link>
                    ),
                },
              ]}
            />
            {image.sha256 !== null && (
              <FactGrid facts={[{ key: 'sha256', label: t('columns.sha256'), value: copy(image.sha256) }]} />
            )}
          </Panel>
        </PanelStack>
        <PanelStack>
          <Panel
            title={t('users')}
            extra={<Link href={`${paths.vms(region.key)}?f.imageId=${image.id}`}>{t('usersList')}</Link>}
          >
            {image.vms === 0 ? (
              <span className="bs-tertiary">{t('usersNone')}</span>
            ) : (
              t('usersCount', { count: image.vms, shown: formatNumber(image.vms) })
            )}
          </Panel>
          <ResourceTimeline id={image.id} />
        </PanelStack>
      </PanelGrid>
      <ConfirmDialog
        open={asking !== null}
        danger
        title={asking === 'cancel' ? t('cancel.title', { name: image.name }) : t('delete.title', { name: image.name })}
        facts={
          asking === 'cancel'
            ? [{ key: 'received', tone: 'warn', text: t('cancel.lost', { received: formatBytes(image.received) }) }]
            : [
                { key: 'vms', tone: 'ok', text: t('delete.unused') },
                { key: 'gone', tone: 'warn', text: t('delete.gone') },
              ]
        }
        confirmLabel={asking === 'cancel' ? t('cancel.action') : t('delete.action')}
        cancelLabel={c('back')}
        closeLabel={c('close')}
        busy={acting.isPending}
        error={acting.isError ? readable(acting.error, locale, c('noAnswer')).text : undefined}
        onCancel={() => setAsking(null)}
        onConfirm={() =>
          asking === 'cancel'
            ? cancel.mutate({ region: region.key, id: image.id })
            : remove.mutate({ region: region.key, id: image.id })
        }
      />
    </>
  );
}
