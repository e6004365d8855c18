import type { CreateForm } from './create-form.ts';
import type { CreateOptions } from './use-options.ts';

/** What every section of the form is given. */
export interface SectionProps {
  form: CreateForm;
  set: (change: Partial<CreateForm>) => void;
  options: CreateOptions;
  /** The sentence at a field, or undefined. */
  errorOf: (field: string) => string | undefined;
}
