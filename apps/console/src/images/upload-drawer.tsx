'use client';
import { imageFormat, procedures } from '@basalt/contract';
import {
  ActionButton,
  DropZone,
  Field,
  FieldGrid,
  fieldHintId,
  FoldedSection,
  formatBytes,
  FormDrawer,
  FormErrors,
  Segments,
  useToast,
} from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input, Select, Switch } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { useConsole } from '@/session/session.tsx';
import { guessFromFile } from './guess.ts';
import { uploads } from './upload-manager.ts';

const start = { ...guessFromFile(''), note: '', defaultUser: 'root', guestAgent: true, sha256: '' };
type Values = Omit<typeof start, 'format'> & { format: ReturnType<typeof guessFromFile>['format'] };

/** Choose a file, look at what was guessed, begin. The bytes go on while one does something else. */
export function UploadDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('images');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const { region } = useConsole();
  const [file, setFile] = useState<File | null>(null);
  const [values, setValues] = useState<Values>(start);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const set = (change: Partial<Values>) => {
    setValues({ ...values, ...change });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([key]) => !(key in change))));
  };
  const close = () => {
    onClose();
    setFile(null);
    setValues(start);
    setErrors({});
    setFailed(undefined);
  };
  const announce = useMutation(
    trpc.image.createUpload.mutationOptions({
      onSuccess: (image) => {
        if (file) uploads.start({ region: region.key, id: image.id, name: image.name, file });
        void client.invalidateQueries({ queryKey: trpc.image.list.queryKey() });
        toast({ tone: 'busy', title: t('upload.begun', { name: image.name }), description: t('upload.begunWhy') });
        close();
      },
      onError: (error) => {
        const shape = shapeOf(error);
        const found = readable(error, locale, c('noAnswer'));
        if (shape?.field) setErrors({ [shape.field]: found.text });
        else setFailed(found.text);
      },
    }),
  );
  const submit = () => {
    setFailed(undefined);
    const { sha256, ...rest } = values;
    const input = {
      ...rest,
      region: region.key,
      fileSize: file?.size ?? 0,
      ...(sha256.trim() === '' ? {} : { sha256: sha256.trim().toLowerCase() }),
    };
    const parsed = procedures.image.createUpload.input.safeParse(input);
    const found = parsed.success ? {} : fieldErrors(parsed.error, locale);
    if (file === null) found['fileSize'] = t('upload.fileMissing');
    if (file !== null && values.format === undefined) found['format'] = t('upload.formatMissing');
    setErrors(found);
    if (parsed.success && file !== null) announce.mutate(parsed.data);
    else document.getElementById(`image-${Object.keys(found)[0] ?? 'name'}`)?.focus();
  };
  const id = (key: string) => `image-${key}`;
  const choose = (chosen: File) => {
    setFile(chosen);
    const guess = guessFromFile(chosen.name);
    set({ ...guess, name: values.name === '' ? guess.name : values.name });
  };

  return (
    <FormDrawer
      open={open}
      onClose={close}
      onSubmit={submit}
      title={t('upload.title')}
      closeLabel={c('close')}
      subtitle={t('upload.subtitle')}
      errors={
        <>
          <FormErrors
            title={c('fixFields')}
            errors={Object.keys(errors).map((key) => ({ id: id(key), label: label(key) }))}
          />
          {failed !== undefined && (
            <FormErrors title={failed} errors={[{ id: id('name'), label: t('columns.name') }]} />
          )}
        </>
      }
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={announce.isPending}>
            {t('upload.submit')}
          </ActionButton>
          <ActionButton onClick={close}>{c('cancel')}</ActionButton>
        </>
      }
      footExtra={<span className="bs-tertiary">{file === null ? undefined : formatBytes(file.size)}</span>}
    >
      <Field
        id={id('fileSize')}
        label={t('upload.file')}
        required
        error={errors['fileSize']}
        hint={t('upload.fileHint')}
      >
        <DropZone
          id={id('fileSize')}
          describedBy={fieldHintId(id('fileSize'))}
          onFile={choose}
          {...(file === null ? {} : { chosen: t('upload.chosen', { name: file.name, size: formatBytes(file.size) }) })}
        >
          {t('upload.drop')}
        </DropZone>
      </Field>
      <Field id={id('name')} label={t('columns.name')} required error={errors['name']}>
        <Input
          id={id('name')}
          aria-describedby={fieldHintId(id('name'))}
          value={values.name}
          status={errors['name'] === undefined ? '' : 'error'}
          onChange={(event) => set({ name: event.target.value })}
        />
      </Field>
      <FieldGrid>
        <Field
          id={id('format')}
          label={t('columns.format')}
          required
          error={errors['format']}
          hint={t('upload.formatHint')}
        >
          <Select
            id={id('format')}
            aria-describedby={fieldHintId(id('format'))}
            value={values.format ?? null}
            placeholder={t('upload.choose')}
            status={errors['format'] === undefined ? '' : 'error'}
            onChange={(format) => set({ format: format ?? undefined })}
            options={imageFormat.options.map((value) => ({ value, label: t(`format.${value}`) }))}
          />
        </Field>
        <Field id={id('osFamily')} label={t('columns.osFamily')} required>
          <Segments
            label={t('columns.osFamily')}
            size="middle"
            value={values.osFamily}
            onChange={(osFamily) => set({ osFamily })}
            options={(['linux', 'windows', 'other'] as const).map((key) => ({ key, label: t(`osFamily.${key}`) }))}
          />
        </Field>
        <Field
          id={id('osVersion')}
          label={t('columns.osVersion')}
          error={errors['osVersion']}
          hint={t('upload.osVersionHint')}
        >
          <Input
            id={id('osVersion')}
            aria-describedby={fieldHintId(id('osVersion'))}
            value={values.osVersion}
            onChange={(event) => set({ osVersion: event.target.value })}
          />
        </Field>
        <Field id={id('firmware')} label={t('columns.firmware')} hint={t('upload.firmwareHint')}>
          <Segments
            label={t('columns.firmware')}
            size="middle"
            value={values.firmware}
            onChange={(firmware) => set({ firmware })}
            options={(['bios', 'uefi'] as const).map((key) => ({ key, label: t(`firmware.${key}`) }))}
          />
        </Field>
        <Field id={id('guestAgent')} label={t('columns.guestAgent')} hint={t('upload.guestAgentHint')}>
          <Switch
            id={id('guestAgent')}
            aria-label={t('columns.guestAgent')}
            checked={values.guestAgent}
            onChange={(guestAgent) => set({ guestAgent })}
          />
        </Field>
        <Field id={id('cloudInit')} label={t('columns.cloudInit')} hint={t('upload.cloudInitHint')}>
          <Switch
            id={id('cloudInit')}
            aria-label={t('columns.cloudInit')}
            checked={values.cloudInit}
            onChange={(cloudInit) => set({ cloudInit })}
          />
        </Field>
      </FieldGrid>
      <FoldedSection
        id="image-more"
        title={c('moreOptions')}
        summary={[
          values.architecture,
          values.defaultUser,
          values.sha256 === '' ? t('upload.noSha') : t('columns.sha256'),
        ].join(' · ')}
      >
        <Field id={id('sha256')} label={t('columns.sha256')} error={errors['sha256']} hint={t('upload.shaHint')}>
          <Input
            id={id('sha256')}
            className="bs-mono"
            aria-describedby={fieldHintId(id('sha256'))}
            value={values.sha256}
            spellCheck={false}
            status={errors['sha256'] === undefined ? '' : 'error'}
            onChange={(event) => set({ sha256: event.target.value })}
          />
        </Field>
        <Field id={id('architecture')} label={t('columns.architecture')}>
          <Segments
            label={t('columns.architecture')}
            size="middle"
            value={values.architecture}
            onChange={(architecture) => set({ architecture })}
            options={(['x86_64', 'aarch64'] as const).map((key) => ({ key, label: key }))}
          />
        </Field>
        <Field id={id('defaultUser')} label={t('columns.defaultUser')} error={errors['defaultUser']}>
          <Input
            id={id('defaultUser')}
            value={values.defaultUser}
            aria-describedby={fieldHintId(id('defaultUser'))}
            onChange={(event) => set({ defaultUser: event.target.value })}
          />
        </Field>
        <Field id={id('note')} label={t('columns.note')} error={errors['note']}>
          <Input.TextArea
            id={id('note')}
            rows={2}
            aria-describedby={fieldHintId(id('note'))}
            value={values.note}
            onChange={(event) => set({ note: event.target.value })}
          />
        </Field>
      </FoldedSection>
    </FormDrawer>
  );

  function label(key: string): string {
    if (key === 'fileSize') return t('upload.file');
    const known = ['name', 'format', 'osVersion', 'sha256', 'defaultUser', 'note', 'osFamily'] as const;
    const found = known.find((item) => item === key);
    return found === undefined ? key : t(`columns.${found}`);
  }
}
