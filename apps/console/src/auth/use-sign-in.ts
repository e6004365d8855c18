'use client';
import { useMutation } from '@tanstack/react-query';
import type { CurrentSession, SignInAnswer } from '@basalt/contract';
import { useLocale } from 'next-intl';
import { useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useTRPCClient } from '@/api/client.ts';
import { shapeOf } from '@/api/errors.ts';
import { paths, safeNext } from '@/paths.ts';
import { challengeSolve, type Challenge } from './solve-challenge.ts';

export interface Credentials {
  email: string;
  password: string;
}

/** A challenge may run out while it is solved; more than this often is not bad luck. */
const challengesAtMost = 3;

function challengeOf(error: unknown): Challenge | null {
  const shape = shapeOf(error);
  const { token, bits } = shape?.params ?? {};
  return shape?.code === 'challengeRequired' && typeof token === 'string' && typeof bits === 'number'
    ? { token, bits }
    : null;
}

/** Signing in with e-mail and password; a challenge on the way is solved without being asked, `checking` meanwhile. */
export function useSignIn(handlers: {
  onSuccess: (answer: SignInAnswer, sent: Credentials) => void;
  onError: () => void;
}) {
  const locale = useLocale();
  const client = useTRPCClient();
  const [checking, setChecking] = useState(false);
  const left = useRef<AbortController | null>(null);
  useEffect(() => {
    const control = new AbortController();
    left.current = control;
    return () => control.abort();
  }, []);

  const signIn = useMutation({
    mutationFn: async (credentials: Credentials): Promise<SignInAnswer> => {
      const send = (challenge?: { token: string; answer: string }) =>
        client.session.signIn.mutate({ ...credentials, locale, ...(challenge ? { challenge } : {}) });
      let challenge: { token: string; answer: string } | undefined;
      for (let round = 0; ; round += 1) {
        try {
          return await send(challenge);
        } catch (error) {
          const asked = challengeOf(error);
          if (!asked || round === challengesAtMost) throw error;
          setChecking(true);
          challenge = { token: asked.token, answer: await challengeSolve(asked, left.current?.signal) };
        }
      }
    },
    onSuccess: handlers.onSuccess,
    onError: handlers.onError,
    onSettled: () => setChecking(false),
  });
  return { signIn, checking };
}

/** Where a new session leads. A full load: nothing of an earlier one may stay in memory. */
export function useSignedIn(): (session: CurrentSession) => void {
  const search = useSearchParams();
  return (session) =>
    window.location.assign(session.mustChangePassword ? paths.password() : safeNext(search.get('next')));
}
