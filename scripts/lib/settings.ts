/** What `npm start` was told, kept so that a later start without words does the same. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { inRun } from './paths.ts';

const schema = z.object({
  sim: z.boolean(),
  hosts: z.int().min(1).max(5000),
  /** That the simulated hosts are to have at least; with real ones none are made. */
  vms: z.int().min(0).max(100_000).default(0),
  /** A second region process, ready to take over. */
  standby: z.boolean().default(false),
  virtualisation: z.enum(['auto', 'kvm', 'tcg']),
});
export type Settings = z.infer<typeof schema>;

const file = (): string => inRun('settings.json');

export const settingsRead = (): Settings | undefined =>
  existsSync(file()) ? schema.parse(JSON.parse(readFileSync(file(), 'utf8'))) : undefined;

export function settingsWrite(settings: Settings): void {
  mkdirSync(inRun(), { recursive: true });
  writeFileSync(file(), JSON.stringify(settings));
}

/**
 * @throws Error for an unknown word, or when `--sim` differs from what this checkout was started as.
 */
export function settingsParse(args: readonly string[], known: Settings | undefined): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sim: { type: 'boolean' },
      standby: { type: 'boolean' },
      hosts: { type: 'string' },
      vms: { type: 'string' },
    },
    strict: true,
  });
  const sim = values.sim ?? known?.sim ?? false;
  if (known && known.sim !== sim) {
    throw new Error(
      `This checkout holds a ${known.sim ? 'simulated' : 'real'} region. Forget it first: npm run reset.`,
    );
  }
  const hosts = values.hosts === undefined ? (known?.hosts ?? (sim ? 24 : 3)) : Number(values.hosts);
  const vms = values.vms === undefined ? (known?.vms ?? 0) : Number(values.vms);
  if (vms !== 0 && !sim) throw new Error('--vms makes VMs of simulated hosts only: npm start -- --sim --vms 20000.');
  const parsed = schema.safeParse({
    sim,
    hosts,
    vms,
    standby: values.standby ?? known?.standby ?? false,
    virtualisation: known?.virtualisation ?? 'auto',
  });
  if (parsed.error?.issues.some(({ path }) => path[0] === 'vms'))
    throw new Error('--vms must be a whole number from 0 to 100000.');
  if (!parsed.success) throw new Error(`--hosts must be a whole number from 1 to ${sim ? 5000 : 9}.`);
  return parsed.data;
}
