/** What the lab was brought up with, kept over restarts. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instance } from './instance.ts';

const settingsSchema = z.object({ hosts: z.number().int().min(1).max(9) });

/** Number of hosts of the lab as last brought up. */
export function labHosts(instance: Instance): number | undefined {
  const file = join(instance.labDir, 'lab.json');
  return existsSync(file) ? settingsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).hosts : undefined;
}

export function labHostsWrite(instance: Instance, hosts: number): void {
  mkdirSync(instance.labDir, { recursive: true });
  writeFileSync(join(instance.labDir, 'lab.json'), JSON.stringify(settingsSchema.parse({ hosts })));
}
