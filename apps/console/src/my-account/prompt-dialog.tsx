'use client';
import { ConfirmDialog, type ConfirmDialogProps } from '@basalt/ui';
import { useTranslations } from 'next-intl';

type PromptDialogProps = Pick<
  ConfirmDialogProps,
  'title' | 'subtitle' | 'confirmLabel' | 'danger' | 'busy' | 'error' | 'foot'
> & {
  facts?: ConfirmDialogProps['facts'];
  onConfirm: () => void;
  onCancel: () => void;
  children: React.ReactNode;
};

/** A dialog that asks for something and then does one thing; Enter in a field does it too. */
export function PromptDialog({ facts, onConfirm, children, ...rest }: PromptDialogProps) {
  const c = useTranslations('common');
  const { busy = false } = rest;
  return (
    <ConfirmDialog open facts={facts} cancelLabel={c('cancel')} closeLabel={c('close')} onConfirm={onConfirm} {...rest}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onConfirm();
        }}
      >
        {children}
        <button type="submit" hidden />
      </form>
    </ConfirmDialog>
  );
}
