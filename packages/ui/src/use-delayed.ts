'use client';
import { useEffect, useState } from 'react';

/** True once `active` has lasted for `ms`; loading shows nothing before 300 ms (rule 41). */
export function useDelayed(active: boolean, ms = 300): boolean {
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (!active) return undefined;
    const timer = setTimeout(() => setDue(true), ms);
    return () => {
      clearTimeout(timer);
      setDue(false);
    };
  }, [active, ms]);
  return active && due;
}
