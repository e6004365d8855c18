/** Lucide's look in every place it is used (rule 38): 18 in the rail, 16 elsewhere, 14 in dense rows, 12 inline. */
export const iconProps = (size: 12 | 14 | 16 | 18 = 16) => ({ size, strokeWidth: 1.6, 'aria-hidden': true }) as const;
