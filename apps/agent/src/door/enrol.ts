/**
 * Joining a region, and renewing what it gave. An answer that is lost leaves open whether the token has been used: the same
 * request, with the same key, is made again until there is an answer, and the region lets in one host however often it comes.
 */
import { createHash } from 'node:crypto';
import { BasaltError, errorShape } from '@basalt/contract';
import {
  enrolAnswer,
  regionAgentPaths,
  renewAnswer,
  type enrolRequest,
  type renewRequest,
} from '@basalt/contract/agent/index';
import { csrCreate, fingerprintOf, identityOf } from '@basalt/service/pki';
import { mtlsAgent } from '@basalt/service/tls-client';
import { request, type Dispatcher } from 'undici';
import type { z } from 'zod';
import { joiningRead, joiningWrite, regionIdentityOf, type Identity, type Joining } from './identity-store.ts';
import { patiently } from './patience.ts';
import { regionDoorOpen, type RegionDoor } from './region-door.ts';

const TIMEOUT_MS = 10_000;
const ANSWER_LIMIT = 64 * 1024;
const PATIENCE_MS = 45_000;

export interface EnrolOptions {
  /** `https://address:port`. */
  readonly region: string;
  readonly token: string;
  /** `sha256:<64 hex>` over the authority's certificate. */
  readonly caFingerprint: string;
  readonly hostName: string;
  readonly address: string;
  readonly port: number;
  readonly path?: string;
  readonly agentVersion: string;
  /** Keeps the key until there is an answer, so that a process that dies meanwhile goes on with it; null = only in memory. */
  readonly stateDir?: string | null;
  /** A way to the region that many share; default: one of its own. */
  readonly door?: () => Promise<RegionDoor>;
  /** Milliseconds for which a region that cannot be reached, or not now, is asked again. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: Error, waitMs: number) => void;
}

/** @throws BasaltError the region's own refusal; Error for anything else. */
async function post<T extends z.ZodType>(
  url: URL,
  body: z.input<typeof enrolRequest> | z.input<typeof renewRequest>,
  answerSchema: T,
  dispatcher: Dispatcher,
): Promise<z.output<T>> {
  const answer = await request(url, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = (await answer.body.text()).slice(0, ANSWER_LIMIT);
  if (answer.statusCode === 200) return answerSchema.parse(JSON.parse(text));
  const cause = new Error(`${url.pathname} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
  throw refusalOf(text) ?? (answer.statusCode >= 500 ? new BasaltError('unavailable', {}, { cause }) : cause);
}

function refusalOf(text: string): BasaltError | null {
  try {
    const parsed: unknown = JSON.parse(text);
    const inner = typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : parsed;
    const shape = errorShape.safeParse(inner);
    return shape.success ? BasaltError.fromShape(shape.data) : null;
  } catch {
    return null;
  }
}

/** What is asked with: of an earlier try with this token, or new. */
async function joiningOf(token: string, stateDir: string | null): Promise<Joining> {
  const hash = createHash('sha256').update(token).digest('hex');
  const before = stateDir === null ? null : joiningRead(stateDir, hash);
  if (before) return before;
  const joining = { token: hash, ...(await csrCreate()) };
  if (stateDir !== null) joiningWrite(stateDir, joining);
  return joining;
}

async function ask(door: RegionDoor, options: EnrolOptions, csr: string): Promise<z.output<typeof enrolAnswer>> {
  const body = {
    token: options.token,
    hostName: options.hostName,
    csr,
    address: options.address,
    port: options.port,
    path: options.path ?? '',
    agentVersion: options.agentVersion,
  };
  const answer = await post(new URL(regionAgentPaths.enrol, door.url), body, enrolAnswer, door.dispatcher);
  if (fingerprintOf(answer.ca) !== options.caFingerprint.toLowerCase())
    throw new Error('the region answered with another authority than the pinned one');
  return answer;
}

/**
 * Joins the region.
 * @throws Error when the authority is not the pinned one (the token was not sent), or the region could not be reached for
 * as long as there was patience; BasaltError enrolTokenInvalid.
 */
export async function enrol(options: EnrolOptions): Promise<Identity> {
  const { region, caFingerprint, stateDir = null, patienceMs = PATIENCE_MS, signal, onRetry } = options;
  const { csr, key } = await joiningOf(options.token, stateDir);
  const attempt = async (): Promise<z.output<typeof enrolAnswer>> => {
    if (options.door) return ask(await options.door(), options, csr);
    const door = await regionDoorOpen(region, caFingerprint);
    try {
      return await ask(door, options, csr);
    } finally {
      await door.close();
    }
  };
  const { hostId, certificate, ca, regionName, renewAfter } = await patiently(attempt, {
    patienceMs,
    ...(signal ? { signal } : {}),
    ...(onRetry ? { onRetry } : {}),
  });
  regionIdentityOf(certificate);
  return {
    own: { key, certificate },
    ca,
    membership: {
      hostId,
      hostName: options.hostName,
      address: options.address,
      regionName,
      regionUrl: region,
      renewAfter,
    },
  };
}

/** A new key and certificate for the same subject, asked for with the present ones. */
export async function renew(present: Identity): Promise<Identity> {
  const { csr, key } = await csrCreate();
  const dispatcher = mtlsAgent(
    { own: present.own, ca: present.ca, expected: regionIdentityOf(present.own.certificate) },
    1,
  );
  try {
    const url = new URL(regionAgentPaths.renew, present.membership.regionUrl);
    const answer = await post(url, { csr }, renewAnswer, dispatcher);
    if (identityOf(answer.certificate) !== identityOf(present.own.certificate))
      throw new Error('the region answered with a certificate for somebody else');
    return {
      own: { key, certificate: answer.certificate },
      ca: answer.ca,
      membership: { ...present.membership, renewAfter: answer.renewAfter },
    };
  } finally {
    await dispatcher.destroy();
  }
}
