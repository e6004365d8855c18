/** Token buckets in memory, one per key; a bucket that is full again is forgotten. */
export interface RateLimit {
  /** Takes one; 0, or the seconds after which to try again. */
  readonly take: (key: string) => number;
  /** What may still be taken at once. */
  readonly left: (key: string) => number;
  readonly count: number;
  readonly seconds: number;
}

/** At most `count` in `seconds`, spread evenly after a burst. */
export function rateLimitCreate(count: number, seconds: number, now: () => number = Date.now): RateLimit {
  const perMs = count / (seconds * 1_000);
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    count,
    seconds,
    left: (key) => Math.floor(buckets.get(key)?.left ?? count),
    take(key) {
      const at = now();
      let bucket = buckets.get(key);
      if (!bucket) {
        if (buckets.size >= 50_000) {
          for (const [known, b] of buckets) if (b.left + (at - b.at) * perMs >= count) buckets.delete(known);
          if (buckets.size >= 50_000) buckets.clear();
        }
        buckets.set(key, (bucket = { left: count, at }));
      }
      bucket.left = Math.min(count, bucket.left + (at - bucket.at) * perMs);
      bucket.at = at;
      if (bucket.left < 1) return Math.ceil((1 - bucket.left) / perMs / 1_000);
      bucket.left -= 1;
      return 0;
    },
  };
}
