import { z } from 'zod';
import { BasaltError, procedures, regionProcedures, type Procedure, type RegionKey } from '@basalt/contract';
import { refusalLog } from '../http/change.ts';
import type { GatewayContext } from '../http/context.ts';
import { passwordPolicyCheck } from '../identity/password-policy.ts';
import { tokenHash } from '../identity/token.ts';
import type { Parts } from '../parts.ts';
import { consoleTicketAdd } from '../store/console-ticket-store.ts';
import { regionCall, regionGranted, replyData, type RegionReply } from './region-call.ts';
import type { RegionLink } from './region-registry.ts';

const byName = new Map<string, Procedure>(
  Object.entries(regionProcedures).flatMap(([area, verbs]) =>
    Object.entries(verbs).map(([verb, procedure]): [string, Procedure] => [`${area}.${verb}`, procedure]),
  ),
);

/** The declaration of a region's procedure, or undefined. */
export const regionProcedure = (name: string): Procedure | undefined => byName.get(name);

const CONSOLE_TICKET_MS = 300_000;
const ticketAnswer = procedures.vm.console.output;
const ticketInput = procedures.vm.console.input;

/**
 * Sends a call to the region that its input names. The caller has been authorised; the grant is checked here.
 * `input`: as it came, `encoded`: its text as it stands in the URL.
 * @throws BasaltError notFound, notSignedIn, regionUnreachable, timedOut.
 */
export async function regionForward(
  parts: Parts,
  call: {
    readonly name: string;
    readonly procedure: Procedure;
    readonly ctx: GatewayContext;
    readonly input: unknown;
    readonly encoded?: string;
  },
): Promise<RegionReply> {
  const { name, procedure, ctx, input, encoded } = call;
  const key = typeof input === 'object' && input !== null && 'region' in input ? input.region : undefined;
  const { link, reply } = await regionReach(parts, ctx, key, { name, procedure, input, encoded });
  // the region has logged it, also where it refused
  if (procedure.kind === 'mutation') parts.wake.say('feed');
  if (name === 'vm.console' && reply.status === 200) await ticketKeep(parts, ctx, link.key, input, reply);
  return reply;
}

const guestPassword = z.object({ password: z.string() });

/**
 * The platform's password policy holds for those of VMs too (IAM-07), and no region knows it.
 * @throws BasaltError passwordPolicy.
 */
function guestPasswordCheck({ policy }: Parts, name: string, input: unknown): void {
  const given = name === 'vm.create' ? guestPassword.safeParse(input) : null;
  if (given?.success) passwordPolicyCheck(given.data.password, policy.now().password);
}

/** A region logs what it is asked; what does not get an answer from it is logged here. */
async function regionReach(
  parts: Parts,
  ctx: GatewayContext,
  key: unknown,
  {
    encoded,
    input,
    ...call
  }: {
    readonly name: string;
    readonly procedure: Procedure;
    readonly input: unknown;
    readonly encoded: string | undefined;
  },
): Promise<{ readonly link: RegionLink; readonly reply: RegionReply }> {
  try {
    const link = regionGranted(parts, ctx, key);
    guestPasswordCheck(parts, call.name, input);
    const text = JSON.stringify(input);
    return {
      link,
      reply: await regionCall(parts, {
        ...call,
        input: text,
        ctx,
        link,
        ...(encoded === undefined ? {} : { encoded }),
      }),
    };
  } catch (error) {
    const region = parts.regions.all().find((each) => each.key === key)?.key ?? null;
    await refusalLog(parts, { ...call, ctx }, error, { region });
    throw error;
  }
}

/** The region makes the ticket; the door remembers whose session asked for it and which region it leads to. */
async function ticketKeep(
  parts: Parts,
  ctx: GatewayContext,
  region: RegionKey,
  input: unknown,
  reply: RegionReply,
): Promise<void> {
  if (!ctx.session) throw new BasaltError('notSignedIn');
  const { ticket, expiresAt } = ticketAnswer.parse(replyData(reply));
  await consoleTicketAdd(parts.db, {
    ticketHash: tokenHash(ticket),
    sessionId: ctx.session.sessionId,
    accountId: ctx.session.accountId,
    region,
    vmId: ticketInput.parse(input).id,
    expiresAt: new Date(Math.min(Date.parse(expiresAt), Date.now() + CONSOLE_TICKET_MS)),
  });
}
