/**
 * What the supervisor and its clients say to each other: one JSON object a line over a unix socket, one reply per
 * request, in order.
 */
import { z } from 'zod';

export const readyProbeSchema = z.discriminatedUnion('kind', [
  /** A unix socket accepts; the path is looked up in the process's own mount namespace. */
  z.object({ kind: z.literal('socket'), path: z.string() }),
  /** A TCP port accepts, from the supervisor's network namespace. */
  z.object({ kind: z.literal('tcp'), host: z.string(), port: z.number().int() }),
  /** An HTTP GET gives 2xx. */
  z.object({ kind: z.literal('http'), url: z.string() }),
  /** A command (in the process's namespaces when it has a wrap) ends with 0. */
  z.object({ kind: z.literal('command'), argv: z.array(z.string()).min(1) }),
  /** The process has printed a text since its start. */
  z.object({ kind: z.literal('log'), text: z.string() }),
]);
export type ReadyProbe = z.infer<typeof readyProbeSchema>;

export const processSpecSchema = z.object({
  /** Unique handle, such as `host1.libvirtd`. */
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/),
  /** Processes that stop and start together, such as `host1`. */
  group: z.string().default('main'),
  argv: z.array(z.string()).min(1),
  /** Put before argv to enter namespaces; must exec, so that the child's pid stays the process's. */
  wrap: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  cwd: z.string().default('/'),
  /** Account to run as (numbers); default the supervisor's. */
  uid: z.number().int().optional(),
  gid: z.number().int().optional(),
  /** Started in ascending order, stopped in descending order; equal numbers at the same time. */
  order: z.number().int().default(50),
  restart: z.enum(['always', 'on-failure', 'never']).default('always'),
  backoff: z
    .object({ initialMs: z.number(), maxMs: z.number(), resetAfterMs: z.number() })
    .default({ initialMs: 500, maxMs: 15_000, resetAfterMs: 20_000 }),
  ready: readyProbeSchema.optional(),
  readyTimeoutMs: z.number().default(30_000),
  /** Commands run (in the wrap) each time the process has become ready, before it counts as ready. */
  afterReady: z.array(z.array(z.string()).min(1)).default([]),
  stopSignal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL']).default('SIGTERM'),
  stopTimeoutMs: z.number().default(10_000),
  /** The log is rotated at this size; one older file is kept. */
  logMaxBytes: z.number().default(8 * 1024 * 1024),
});
/** A process as the supervisor keeps it. */
export type ProcessSpec = z.infer<typeof processSpecSchema>;
/** A process as a caller defines it: defaults may be left out. */
export type ProcessSpecInput = z.input<typeof processSpecSchema>;

export const processStateSchema = z.enum(['stopped', 'starting', 'ready', 'backoff', 'stopping', 'exited']);
export type ProcessState = z.infer<typeof processStateSchema>;

export const processStatusSchema = z.object({
  name: z.string(),
  group: z.string(),
  order: z.number(),
  state: processStateSchema,
  /** Whether it should run. */
  wanted: z.boolean(),
  pid: z.number().optional(),
  startTime: z.number().optional(),
  startedAt: z.string().optional(),
  restarts: z.number(),
  /** How it last ended: `exit 1`, `SIGKILL`, or why it did not become ready. */
  lastExit: z.string().optional(),
  log: z.string(),
});
export type ProcessStatus = z.infer<typeof processStatusSchema>;

const target = z.union([
  z.object({ name: z.string() }),
  z.object({ group: z.string() }),
  z.object({ all: z.literal(true) }),
]);
export type Target = z.infer<typeof target>;

export const signalSchema = z.enum([
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGTERM',
  'SIGSTOP',
  'SIGCONT',
]);

export const requestSchema = z.discriminatedUnion('command', [
  z.object({ command: z.literal('status') }),
  /** Defines processes (replacing a stopped or changed one) and starts them unless told otherwise; replies when they are ready. */
  z.object({ command: z.literal('add'), specs: z.array(processSpecSchema), start: z.boolean().default(true) }),
  z.object({ command: z.literal('start'), target }),
  /** Stops in descending order; `minOrder` leaves processes with a smaller order alone. */
  z.object({ command: z.literal('stop'), target, minOrder: z.number().optional() }),
  z.object({ command: z.literal('restart'), target }),
  /** Stops and forgets. */
  z.object({ command: z.literal('remove'), target }),
  /** SIGKILL to all at once, and no restart: as if the power were cut. */
  z.object({ command: z.literal('halt'), target }),
  z.object({ command: z.literal('kill'), name: z.string(), signal: signalSchema }),
  /** Stops everything and ends the supervisor. */
  z.object({ command: z.literal('down') }),
]);
export type Request = z.infer<typeof requestSchema>;
export type RequestInput = z.input<typeof requestSchema>;

export const replySchema = z.union([
  z.object({ ok: z.literal(true), processes: z.array(processStatusSchema) }),
  z.object({ ok: z.literal(false), error: z.string() }),
]);
export type Reply = z.infer<typeof replySchema>;

/** .run/supervisor.json: who runs, for the case that the supervisor itself was killed. */
export const supervisorRecordSchema = z.object({
  daemon: z.object({ pid: z.number(), startTime: z.number() }),
  processes: z.array(z.object({ name: z.string(), pid: z.number(), startTime: z.number() })),
});
export type SupervisorRecord = z.infer<typeof supervisorRecordSchema>;
