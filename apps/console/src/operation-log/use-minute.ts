'use client';
import { useEffect, useState } from 'react';

const minute = () => Math.floor(Date.now() / 60_000) * 60_000;

/** The time of day in ms since 1970, moving every minute: what is asked for "the last hour" need not move faster. */
export function useMinute(): number {
  const [now, setNow] = useState(minute);
  useEffect(() => {
    const timer = setInterval(() => setNow(minute()), 5000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
