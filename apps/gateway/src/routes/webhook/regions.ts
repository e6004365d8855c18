import type { Parts } from '../../parts.ts';
import { isIncluded } from '../../webhooks/work.ts';

/** Keys of the regions there are that a webhook is for. */
export const regionsOf = ({ regions }: Pick<Parts, 'regions'>, wanted: readonly string[]): string[] =>
  regions
    .all()
    .map(({ key }) => key)
    .filter((key) => isIncluded({ regions: [...wanted] }, key));
