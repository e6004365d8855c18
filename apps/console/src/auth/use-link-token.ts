'use client';
import { useEffect, useState } from 'react';
import { fragmentDrop, tokenOf } from './link-token.ts';

/** The token of the link that led here, or null. The address is rid of it at once. */
export function useLinkToken(): string | null {
  const [token] = useState(() => tokenOf(window.location.hash));
  useEffect(fragmentDrop, []);
  return token;
}
