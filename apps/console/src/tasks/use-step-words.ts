'use client';
import { useTranslations } from 'next-intl';

/** The keys of messages/<locale>/tasks.json under `step`. */
const known = [
  'place',
  'cloneDisk',
  'networkPort',
  'define',
  'undefine',
  'start',
  'ready',
  'request',
  'wait',
  'powerOff',
  'reset',
  'pause',
  'resume',
  'deleteDisk',
  'finish',
  'check',
  'convert',
  'publish',
  'deleteImage',
  'facts',
  'chassis',
  'storageAccess',
  'switch',
] as const;

/** The name of a step; a step without words is shown by its key. */
export function useStepWords(): (key: string) => string {
  const t = useTranslations('tasks.step');
  return (key) => {
    const found = known.find((item) => item === key);
    return found === undefined ? key : t(found);
  };
}
