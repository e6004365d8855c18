import { actorAssertion, type RegionKey } from '@basalt/contract';
import { assertionKeyLoadOrCreate, assertionSign } from '@basalt/service';
import type { GatewayContext } from '../http/context.ts';
import type { SignedIn } from '../identity/signed-in.ts';

const KEEP_MS = 30_000;
const KEEP_MAX = 10_000;

/** Makes the `authorization` header by which the gateway vouches for who acts. */
export type ActorVouch = (
  region: RegionKey,
  session: SignedIn,
  ctx: GatewayContext,
  kind: 'query' | 'mutation',
) => Promise<string>;

/**
 * Reads share one assertion for 30 s, which spares both sides a signature per request; a mutation gets its own, so that the
 * region's log has the id of exactly this request.
 */
export async function actorVouchOpen(stateDirectory: string): Promise<ActorVouch> {
  const key = await assertionKeyLoadOrCreate(stateDirectory);
  const kept = new Map<string, { readonly header: Promise<string>; readonly until: number }>();

  const sign = async (region: RegionKey, session: SignedIn, ctx: GatewayContext): Promise<string> =>
    `Bearer ${await assertionSign(
      key,
      actorAssertion.parse({
        sub: session.accountId,
        name: session.name,
        email: session.email,
        aud: region,
        permissions: session.vouched,
        own: [...session.own],
        scoped: session.scoped,
        via: session.apiKeyId ? 'api' : 'console',
        apiKeyId: session.apiKeyId,
        address: ctx.address,
        client: ctx.client,
        locale: ctx.locale,
        requestId: ctx.requestId,
      }),
    )}`;

  return (region, session, ctx, kind) => {
    // what another account sees is looked at now and then, and must not be taken from what is kept
    if (kind === 'mutation' || session.seeAs) return sign(region, session, ctx);
    const cacheKey = `${session.sessionId} ${region} ${ctx.address} ${ctx.locale} ${session.rightsKey}`;
    const now = Date.now();
    const known = kept.get(cacheKey);
    if (known && known.until > now) return known.header;
    if (kept.size >= KEEP_MAX) kept.clear();
    const header = sign(region, session, ctx);
    kept.set(cacheKey, { header, until: now + KEEP_MS });
    header.catch(() => kept.delete(cacheKey));
    return header;
  };
}
