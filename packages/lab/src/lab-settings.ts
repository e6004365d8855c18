/** What the lab was brought up with, kept over restarts. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instance } from './instance.ts';

const settingsSchema = z.object({ hosts: z.number().int().min(1).max(9), chassis: z.boolean().default(true) });
export type LabSettings = z.infer<typeof settingsSchema>;

const settingsFile = (instance: Instance) => join(instance.labDir, 'lab.json');

/** What the lab was last brought up with, or undefined before the first time. */
export function labSettings(instance: Instance): LabSettings | undefined {
  const file = settingsFile(instance);
  return existsSync(file) ? settingsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/** Number of hosts of the lab as last brought up. */
export const labHosts = (instance: Instance): number | undefined => labSettings(instance)?.hosts;

export function labSettingsWrite(instance: Instance, settings: LabSettings): void {
  mkdirSync(instance.labDir, { recursive: true });
  writeFileSync(settingsFile(instance), JSON.stringify(settingsSchema.parse(settings)));
}
