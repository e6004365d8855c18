/**
 * Which boot of the host this is. The kernel's own boot_id would do on a machine of its own, but several hosts may share
 * one kernel (namespaces of a test machine, containers), where "the host restarted" means that its /run is new. So the
 * mark lies there: made at the first start of the agent, gone with the tmpfs. On a machine of its own both say the same.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { newId } from '@basalt/service/ids';

const marker = z.object({ id: z.uuid(), at: z.string() });

/** @param runDir a directory on the host's tmpfs. @param now ISO 8601: about when /run was made. */
export function bootMarker(runDir: string, now: string = new Date().toISOString()): { id: string; at: string } {
  const file = join(runDir, 'boot.json');
  if (existsSync(file)) {
    const found = marker.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (found.success) return found.data;
  }
  const made = { id: newId<string>(), at: now };
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}
