/**
 * Joining (HOST-02): a one-time token for one host name; the region chooses the subject of the certificate, which lives 24
 * hours and is renewed at half life by whoever holds it. A host that has lost its key joins again under its name and stays
 * the same host: the token says that an operator wants it.
 *
 * An answer may be lost on its way when the token has been used already. Whoever asks again within the token's life with the
 * same key gets an answer for the same host; a request is signed by its key, so nobody else can.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { BasaltError, type ClusterId, type HostId } from '@basalt/contract';
import type { enrolAnswer, enrolRequest, renewAnswer } from '@basalt/contract/agent/index';
import { certificateIssue, expiryOf, fingerprintOf, newId, secretHash, secretMake } from '@basalt/service';
import type { z } from 'zod';
import { clusterById, clusterDefault } from '../../store/cluster.ts';
import {
  enrolTokenInsert,
  enrolTokenLatest,
  enrolTokenLock,
  enrolTokenUse,
  type EnrolTokenRow,
} from '../../store/enrol-token.ts';
import { hostById, hostByName, hostInsert, hostLock, hostUpdate, type HostRow } from '../../store/host.ts';
import { transact, type Work } from '../../store/transact.ts';
import type { Context, RegionServices } from '../context.ts';
import { mutate } from '../mutate.ts';
import { existing } from '../refusal.ts';

const TOKEN_MINUTES = 15;
const CERTIFICATE_HOURS = 24;

export interface EnrolTokenInput {
  readonly hostName: string;
  readonly clusterId?: ClusterId | undefined;
  readonly requestToken?: string | undefined;
}

export function enrolTokenCreate(ctx: Context, input: EnrolTokenInput) {
  const { endpoint, ca } = ctx.services;
  return mutate(ctx, { operation: 'host.enrol', input, secretAnswer: true }, async (work) => {
    const cluster = existing(
      input.clusterId ? await clusterById(work.tx, input.clusterId) : await clusterDefault(work.tx),
      'cluster',
      'clusterId',
    );
    const token = secretMake();
    const expiresAt = new Date(Date.now() + TOKEN_MINUTES * 60_000);
    await enrolTokenInsert(work.tx, {
      hash: secretHash(token),
      hostName: input.hostName,
      clusterId: cluster.id,
      createdBy: ctx.actor.sub,
      expiresAt,
    });
    work.log({ resource: { kind: 'host', id: '', name: input.hostName }, details: { cluster: cluster.name } });
    const caFingerprint = fingerprintOf(ca.certificate);
    return {
      token,
      hostName: input.hostName,
      expiresAt: expiresAt.toISOString(),
      endpoint,
      caFingerprint,
      command: `basalt-agent enrol --region ${endpoint} --ca-fingerprint ${caFingerprint} --host-name ${input.hostName} --token=${token}`,
    };
  });
}

const identity = (services: RegionServices, id: HostId): string => `basalt://region/${services.region.key}/host/${id}`;

async function issue(services: RegionServices, id: HostId, host: { name: string; address: string }, csr: string) {
  const certificate = await certificateIssue(services.ca, {
    csr,
    commonName: host.name,
    uri: identity(services, id),
    ips: [host.address],
    hours: CERTIFICATE_HOURS,
  }).catch((cause: unknown) => {
    throw new BasaltError('invalidInput', { field: 'csr', rule: 'EC P-256 PKCS#10' }, { field: 'csr', cause });
  });
  return {
    certificate,
    expiresAt: expiryOf(certificate),
    renewAfter: new Date(Date.now() + (CERTIFICATE_HOURS / 2) * 3_600_000).toISOString(),
  };
}

type Request = z.output<typeof enrolRequest>;

/** SHA-256 of a certificate's public key. */
const keyOf = (certificate: string): string =>
  createHash('sha256')
    .update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');

const whereItListens = (request: Request) => ({
  address: request.address,
  port: request.port,
  pathPrefix: request.path,
  agentVersion: request.agentVersion,
});

/** The host that a used token has let in, when nothing has happened since that makes this a different question. */
async function hostLetIn(work: Work, token: EnrolTokenRow): Promise<HostRow> {
  const host = token.hostId && token.usedKey ? await hostLock(work.tx, token.hostId) : null;
  // it has joined anew by a later token: an earlier key of it is worth nothing
  const latest = host && (await enrolTokenLatest(work.tx, host.id)) === token.hash;
  if (!host || !latest || host.state === 'removing') throw new BasaltError('enrolTokenInvalid');
  return host;
}

/** Asked again: the same host, a certificate for the same key, and nothing done twice. */
async function hostEnrolAgain(services: RegionServices, work: Work, token: EnrolTokenRow, request: Request) {
  const host = await hostLetIn(work, token);
  const made = await issue(services, host.id, { name: host.name, address: request.address }, request.csr);
  if (keyOf(made.certificate) !== token.usedKey) throw new BasaltError('enrolTokenInvalid');
  await hostUpdate(work.tx, host.id, {
    ...whereItListens(request),
    certificateFingerprint: fingerprintOf(made.certificate),
    certificateExpiresAt: made.expiresAt,
  });
  work.changed('host', host.id);
  return { id: host.id, made };
}

async function hostEnrolFirst(services: RegionServices, work: Work, token: EnrolTokenRow, request: Request) {
  const known = await hostByName(work.tx, request.hostName);
  const id = known?.id ?? newId<HostId>();
  const made = await issue(services, id, { name: request.hostName, address: request.address }, request.csr);
  const values = {
    ...whereItListens(request),
    clusterId: token.clusterId,
    state: 'enrolling' as const,
    stateSince: new Date(),
    reason: null,
    reserveVcpu: services.reserve.vcpu,
    reserveMemory: services.reserve.memory,
    certificateFingerprint: fingerprintOf(made.certificate),
    certificateExpiresAt: made.expiresAt,
  };
  if (known) await hostUpdate(work.tx, id, values);
  else await hostInsert(work.tx, { ...values, id, name: request.hostName });
  await enrolTokenUse(work.tx, token.hash, id, keyOf(made.certificate));
  const target = { kind: 'host', id, name: request.hostName };
  const taskId = await services.tasks.enqueue(work, {
    kind: 'host.enrol',
    target,
    input: { hostId: id },
    actor: { id: token.createdBy, name: '', address: request.address },
    locale: 'zh-CN',
    requestId: id,
  });
  work.changed('host', id, known ? 'updated' : 'created');
  work.event({ ...target, type: 'host.joined', taskId });
  return { id, made };
}

/**
 * @throws BasaltError enrolTokenInvalid: unknown, expired, for another host name, or used with another key; a wrong name
 * uses nothing up.
 */
export function hostEnrol(services: RegionServices, request: Request): Promise<z.input<typeof enrolAnswer>> {
  return transact(services.db, async (work) => {
    const token = await enrolTokenLock(work.tx, secretHash(request.token));
    if (!token || token.expiresAt.getTime() <= Date.now() || token.hostName !== request.hostName)
      throw new BasaltError('enrolTokenInvalid');
    const enrol = token.usedAt ? hostEnrolAgain : hostEnrolFirst;
    const { id, made } = await enrol(services, work, token, request);
    return {
      hostId: id,
      certificate: made.certificate,
      ca: services.ca.certificate,
      regionName: services.region.name,
      renewAfter: made.renewAfter,
    };
  });
}

/**
 * A new certificate for the same subject.
 * @param peer identity of the connection's certificate: the host is who it is connected as, whatever it says
 * @throws BasaltError enrolTokenInvalid when the host is not, or no longer, one of ours.
 */
export async function hostRenew(
  services: RegionServices,
  peer: string,
  csr: string,
): Promise<z.input<typeof renewAnswer>> {
  const prefix = `basalt://region/${services.region.key}/host/`;
  const id = peer.startsWith(prefix) ? (peer.slice(prefix.length) as HostId) : null;
  const host = id && /^[0-9a-f-]{36}$/u.test(id) ? await hostById(services.db, id) : null;
  if (!host || host.state === 'removing') throw new BasaltError('enrolTokenInvalid');
  const made = await issue(services, host.id, host, csr);
  await transact(services.db, (work) =>
    hostUpdate(work.tx, host.id, {
      certificateFingerprint: fingerprintOf(made.certificate),
      certificateExpiresAt: made.expiresAt,
    }),
  );
  return { certificate: made.certificate, ca: services.ca.certificate, renewAfter: made.renewAfter };
}
