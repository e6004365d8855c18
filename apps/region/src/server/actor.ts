/** The actor of a request, from the gateway's assertion and from nothing else the request says. */
import type { IncomingMessage } from 'node:http';
import type { ActorAssertion } from '@basalt/contract';
import { assertionPublicKey, assertionVerify } from '@basalt/service';
import { z } from 'zod';

const REMEMBER_MS = 20_000;
const MOST = 2_000;
const claims = z.object({ exp: z.number() });

export type ActorCheck = (header: string | undefined) => Promise<ActorAssertion>;

/** When the token says that it ends, in milliseconds; it has been verified already. */
function expiryOf(header: string): number {
  const body = header.split('.')[1] ?? '';
  return claims.parse(JSON.parse(Buffer.from(body, 'base64url').toString())).exp * 1000;
}

/**
 * Verifies assertions. A gateway sends the same one with every read for a while, so a verified one is remembered for twenty
 * seconds, never beyond its own end.
 */
export async function actorCheckOpen(publicKeyFile: string, region: string): Promise<ActorCheck> {
  const key = await assertionPublicKey(publicKeyFile);
  const verified = new Map<string, { readonly actor: ActorAssertion; readonly until: number }>();
  return async (header) => {
    const hit = header === undefined ? undefined : verified.get(header);
    if (hit && hit.until > Date.now()) return hit.actor;
    const actor = await assertionVerify(key, region, header);
    if (header !== undefined) {
      if (verified.size >= MOST) verified.clear();
      verified.set(header, { actor, until: Math.min(Date.now() + REMEMBER_MS, expiryOf(header)) });
    }
    return actor;
  };
}

/** The gateway's name of the request, where it has the form of one; else the assertion's. */
export function requestIdOf(request: IncomingMessage, actor: ActorAssertion): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/u.test(given) ? given : actor.requestId;
}
