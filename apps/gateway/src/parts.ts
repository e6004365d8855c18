import type { Locale } from '@basalt/contract';
import type { Logger, Sealer } from '@basalt/service';
import type { WorkCounts } from './background/metrics.ts';
import type { BackgroundSettings } from './background/settings.ts';
import type { Wake } from './background/wake.ts';
import type { ApiKeyRegistry } from './identity/api-key-registry.ts';
import type { AfterAnswer } from './identity/after-answer.ts';
import type { Policy } from './identity/policy.ts';
import type { RateLimit } from './identity/rate-limit.ts';
import type { SecuritySettings } from './identity/security-settings.ts';
import type { SessionRegistry } from './identity/session-registry.ts';
import type { ActorVouch } from './regions/actor-vouch.ts';
import type { RegionHealth } from './regions/region-health.ts';
import type { RegionRegistry } from './regions/region-registry.ts';
import type { Heads } from './log/heads.ts';
import type { Database } from './store/database.ts';
import type { WebhookParts } from './webhooks/open.ts';

/** What the door's routes are made of; put together in gateway.ts. */
export interface Parts {
  readonly db: Database;
  readonly log: Logger;
  /** Secrets at rest, by the platform key. */
  readonly seal: Sealer;
  readonly settings: SecuritySettings;
  /** The sign-in policy as it holds now. */
  readonly policy: Policy;
  readonly sessions: SessionRegistry;
  readonly apiKeys: ApiKeyRegistry;
  readonly regions: RegionRegistry;
  readonly health: RegionHealth;
  readonly vouch: ActorVouch;
  readonly limits: {
    readonly signIn: RateLimit;
    readonly anonymous: RateLimit;
    readonly session: RateLimit;
    /** Mails asked for by who has no session, by client address. */
    readonly mail: RateLimit;
    readonly apiKey: RateLimit;
  };
  /** What goes on when the answer is given. */
  readonly afterAnswer: AfterAnswer;
  /** Whether browsers reach the door by TLS. */
  readonly secure: boolean;
  readonly cookieName: string;
  /** Networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly publicOrigins: ReadonlySet<string>;
  readonly defaultLocale: Locale;
  readonly consoleUpstream: URL | null;
  readonly version: string;
  /** What the gateway does by itself: how often, and how to say that there is something to do. */
  readonly work: BackgroundSettings;
  /** Signed heads of the operation log. */
  readonly heads: Heads;
  readonly wake: Wake;
  /** For monitoring. */
  readonly counts: WorkCounts;
  readonly webhooks: WebhookParts;
}
