/** Puts the door together from its environment; `close` takes it apart again. */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { Socket, type AddressInfo } from 'node:net';
import {
  Counter,
  Gauge,
  Histogram,
  metricsRegistry,
  metricsServe,
  newId,
  sealerOpen,
  type Logger,
  type Registry,
} from '@basalt/service';
import type { GatewayEnv } from './env.ts';
import { backgroundStart } from './background/start.ts';
import { workMetrics } from './background/metrics.ts';
import { backgroundDefaults, type BackgroundSettings } from './background/settings.ts';
import { wakeCreate } from './background/wake.ts';
import { appListener } from './http/app.ts';
import { CONSOLE_PATH, consolesOpen, consoleUpgrade } from './http/console-door.ts';
import { sessionCookieName } from './http/cookies.ts';
import { apiKeyRegistryOpen } from './identity/api-key-registry.ts';
import { keySignedInOf } from './identity/api-key-signed-in.ts';
import { headsOpen } from './log/heads.ts';
import { passwordHashWarm } from './identity/password-hash.ts';
import { afterAnswerOpen } from './identity/after-answer.ts';
import { policyOpen } from './identity/policy.ts';
import { rateLimitCreate } from './identity/rate-limit.ts';
import { securityDefaults, type SecuritySettings } from './identity/security-settings.ts';
import { sessionRegistryOpen } from './identity/session-registry.ts';
import { limitsOf } from './identity/signed-in.ts';
import { sourceDenied } from './identity/source-denied.ts';
import { limitsRefusal } from './identity/source-limits.ts';
import type { Parts } from './parts.ts';
import { FORMER_KEY, PLATFORM_KEY } from './platform-key.ts';
import { actorVouchOpen } from './regions/actor-vouch.ts';
import { regionHealthStart } from './regions/region-health.ts';
import { regionRegistryOpen } from './regions/region-registry.ts';
import { challengesPrune } from './store/challenge-store.ts';
import { consoleTicketsPrune } from './store/console-ticket-store.ts';
import { databaseOpen } from './store/database.ts';
import { tokensPrune } from './store/idempotency-store.ts';
import { linksPrune } from './store/link-store.ts';
import { logExportsPrune } from './store/log-export-store.ts';
import { noticesOpen } from './store/notices.ts';
import { sessionsPrune } from './store/session-store.ts';
import { signInGuardsPrune } from './store/sign-in-guard-store.ts';
import { ticketsPrune } from './store/ticket-store.ts';
import { webhooksOpen } from './webhooks/open.ts';

const packageFile: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const version =
  typeof packageFile === 'object' && packageFile && 'version' in packageFile ? String(packageFile.version) : '0';

/** What a browser that has slept for so long was ended for, it is told. */
const SESSIONS_KEPT_MS = 30 * 86_400_000;

export interface Gateway {
  readonly port: number;
  readonly parts: Parts;
  readonly close: () => Promise<void>;
}

/** Counts answers by door and status, and how long they took. */
function requestMetrics(registry: Registry): (request: IncomingMessage, status: number, seconds: number) => void {
  const registers = [registry];
  const requests = new Counter({
    name: 'basalt_gateway_requests_total',
    help: 'Answers given',
    labelNames: ['door', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'basalt_gateway_request_seconds',
    help: 'Time to answer',
    labelNames: ['door'],
    registers,
  });
  // oxlint-disable-next-line no-new -- it registers itself
  new Gauge({
    name: 'basalt_gateway_consoles',
    help: 'Consoles open',
    registers,
    collect() {
      this.set(consolesOpen());
    },
  });
  return (request, status, took) => {
    const url = request.url ?? '/';
    const door = url.startsWith('/api/trpc')
      ? 'trpc'
      : url.startsWith('/api/v1')
        ? 'rest'
        : url.startsWith('/api')
          ? 'api'
          : 'page';
    requests.inc({ door, status });
    seconds.observe({ door }, took);
  };
}

/**
 * Migrates, listens, links the regions.
 * @throws Error when database, port, certificate or state directory cannot be used.
 */
export async function gatewayStart(
  env: GatewayEnv,
  log: Logger,
  settings: SecuritySettings = securityDefaults,
  work: BackgroundSettings = backgroundDefaults,
): Promise<Gateway> {
  const secure = env.tls !== null;
  const { db, close: databaseClose } = await databaseOpen(env.databaseUrl, log);
  const regions = regionRegistryOpen(env.regionsFile, log);
  const seal = sealerOpen(env.stateDirectory, PLATFORM_KEY, FORMER_KEY);
  const policy = await policyOpen(db, settings, log);
  const sessions = sessionRegistryOpen({ db, settings, policy, log });
  const notices = noticesOpen(
    env.databaseUrl,
    (notice) => {
      if (notice.kind === 'account') return sessions.heard(notice.accountId);
      policy
        .refresh()
        // whether a password has expired was judged by the policy of before
        .then(() => sessions.heard(null))
        .catch((error: unknown) => log.warn({ error }, 'the sign-in policy could not be read again'));
    },
    log,
  );
  const registry = metricsRegistry('gateway');
  const parts: Parts = {
    db,
    log,
    seal,
    settings,
    policy,
    sessions,
    apiKeys: apiKeyRegistryOpen({
      db,
      seal,
      log,
      maxPerAccount: () => policy.now().apiKeysPerAccount,
      limitsCheck: ({ account, key }, address) => {
        const refusal = limitsRefusal(limitsOf(account), address);
        if (!refusal) return;
        const denied = { accountId: account.id, name: account.name };
        void sourceDenied({ db, log }, refusal, {
          account: denied,
          apiKeyId: key.id,
          address,
          client: '',
          requestId: newId(),
        });
        throw refusal;
      },
      signedIn: (facts) => keySignedInOf(facts, policy.now()),
    }),
    regions,
    health: regionHealthStart(regions, log),
    vouch: await actorVouchOpen(env.stateDirectory),
    limits: {
      signIn: rateLimitCreate(settings.rate.signInPerMinute, 60),
      anonymous: rateLimitCreate(settings.rate.anonymousPerMinute, 60),
      session: rateLimitCreate(settings.rate.sessionPerSecond, 1),
      mail: rateLimitCreate(settings.rate.mailPerHour, 3_600),
      apiKey: rateLimitCreate(env.apiKeyRate ?? settings.rate.apiKeyPerSecond, 1),
    },
    afterAnswer: afterAnswerOpen(log),
    secure,
    cookieName: sessionCookieName(secure),
    trustedProxies: env.trustedProxies,
    publicOrigins: new Set(env.publicOrigins),
    defaultLocale: env.defaultLocale,
    consoleUpstream: env.consoleUpstream === null ? null : new URL(env.consoleUpstream),
    version,
    work,
    wake: wakeCreate(),
    counts: workMetrics(registry, { db, regions }),
    heads: headsOpen(env.stateDirectory),
    webhooks: webhooksOpen({ db, regions, registry, version, ...work.webhooks }),
  };
  await passwordHashWarm();

  const measure = requestMetrics(registry);
  const answer = appListener(parts);
  const listener: typeof answer = (request, response) => {
    const began = performance.now();
    response.once('finish', () => measure(request, response.statusCode, (performance.now() - began) / 1_000));
    answer(request, response);
  };
  const server = env.tls
    ? createHttpsServer(
        { cert: readFileSync(env.tls.certificateFile), key: readFileSync(env.tls.keyFile), minVersion: 'TLSv1.2' },
        listener,
      )
    : createHttpServer(listener);
  const upgraded = new Set<Socket>();
  server.on('upgrade', (request, socket, head) => {
    const isConsole = (request.url ?? '').split('?')[0] === CONSOLE_PATH;
    if (!isConsole || !(socket instanceof Socket))
      return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    void consoleUpgrade(parts, request, socket, head);
  });
  server.keepAliveTimeout = 65_000;
  await listen(server, env.host, env.port);
  const metrics = env.metricsPort === null ? null : await metricsServe(registry, env.metricsPort);
  const background = backgroundStart(parts, env.databaseUrl);
  const pruning = setInterval(() => {
    const now = new Date();
    Promise.all([
      signInGuardsPrune(db, now),
      consoleTicketsPrune(db, now),
      challengesPrune(db, now),
      ticketsPrune(db, now),
      linksPrune(db, now),
      sessionsPrune(db, new Date(now.getTime() - SESSIONS_KEPT_MS)),
      tokensPrune(db, new Date(now.getTime() - 24 * 3_600_000)),
      logExportsPrune(db, now),
    ]).catch((error: unknown) => log.warn({ error }, 'pruning failed'));
  }, 3_600_000);
  const sweeping = setInterval(() => {
    sessions.sweep().catch((error: unknown) => log.warn({ error }, 'idle sessions were not ended'));
  }, 60_000);

  return {
    port: (server.address() as AddressInfo).port,
    parts,
    async close() {
      clearInterval(pruning);
      clearInterval(sweeping);
      parts.health.close();
      parts.apiKeys.close();
      metrics?.close();
      for (const socket of upgraded) socket.destroy();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // streams never end by themselves; calls under way get a moment
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 2_000).unref();
      await closed;
      await background.close();
      await regions.close();
      policy.close();
      await parts.afterAnswer.settled();
      await notices.close();
      await databaseClose();
    },
  };
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
