/**
 * How many messages may be under way: so many in all, one for each webhook, and of those whose last try failed only half, so
 * that receivers that hang leave room for those that do not.
 */
export interface Slots {
  /** Waits for room; answers how to leave it. */
  readonly take: (webhookId: string, isFailing: boolean) => Promise<() => void>;
}

interface Waiting {
  readonly webhookId: string;
  readonly isFailing: boolean;
  readonly go: () => void;
}

export function slotsOpen(most: number): Slots {
  const busy = new Set<string>();
  const waiting: Waiting[] = [];
  let failing = 0;

  const fits = ({ webhookId, isFailing }: Waiting): boolean =>
    busy.size < most && !busy.has(webhookId) && !(isFailing && failing >= Math.max(1, Math.floor(most / 2)));
  const admit = (): void => {
    for (let i = 0; i < waiting.length;) {
      const one = waiting[i];
      if (!one || !fits(one)) {
        i += 1;
        continue;
      }
      waiting.splice(i, 1);
      busy.add(one.webhookId);
      if (one.isFailing) failing += 1;
      one.go();
    }
  };
  return {
    take: (webhookId, isFailing) =>
      new Promise((resolve) => {
        let isLeft = false;
        const leave = (): void => {
          if (isLeft) return;
          isLeft = true;
          busy.delete(webhookId);
          if (isFailing) failing -= 1;
          admit();
        };
        waiting.push({ webhookId, isFailing, go: () => resolve(leave) });
        admit();
      }),
  };
}
