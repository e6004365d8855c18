/** The list of processes a supervisor, alive or killed, wrote down last. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from './instance.ts';
import { processAlive } from './process-table.ts';
import { type SupervisorRecord, supervisorRecordSchema } from './supervisor-protocol.ts';

export const supervisorRecordFile = (instance: Instance) => join(instance.runDir, 'supervisor.json');

export function supervisorRecord(instance: Instance): SupervisorRecord | undefined {
  const file = supervisorRecordFile(instance);
  if (!existsSync(file)) return undefined;
  const parsed = supervisorRecordSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : undefined;
}

/** Whether a daemon runs that can be talked to; one whose .run was deleted lives but is of no use. */
export function supervisorAlive(instance: Instance): boolean {
  const record = supervisorRecord(instance);
  return record !== undefined && processAlive(record.daemon) && existsSync(instance.supervisorSocket);
}
