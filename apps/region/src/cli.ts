/**
 * Administration of a region on its own machine:
 *   ca                                prints the authority's fingerprint, making it when there is none
 *   gateway-certificate --out DIR     writes gateway.crt, gateway.key and ca.crt for a gateway
 *   fleet --vms N --image ID --network ID … --owner ID --owner-name NAME --simulator URL
 *                                     gives simulated hosts N VMs; only in a region with simulated drivers
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { accountId, imageId, networkId } from '@basalt/contract';
import { fingerprintOf, keyAndCertificateWrite } from '@basalt/service';
import { authorityOpen, gatewayIdentity } from './authority.ts';
import { regionCliEnv, regionFleetEnv } from './env.ts';
import { fleetDoor } from './fleet/fleet-stock.ts';
import { fleetMake } from './fleet/fleet.ts';
import { databaseOpen } from './store/database.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    vms: { type: 'string' },
    image: { type: 'string' },
    network: { type: 'string', multiple: true },
    owner: { type: 'string' },
    'owner-name': { type: 'string' },
    simulator: { type: 'string' },
  },
});

async function authorityPrint(): Promise<void> {
  const env = regionCliEnv();
  console.log(fingerprintOf((await authorityOpen(env.STATE_DIR, env.REGION_KEY)).certificate));
}

async function gatewayCertificate(): Promise<void> {
  if (!values.out) throw new Error('--out DIR is missing');
  const env = regionCliEnv();
  const ca = await authorityOpen(env.STATE_DIR, env.REGION_KEY);
  const made = await gatewayIdentity(ca, env.REGION_KEY);
  keyAndCertificateWrite({ certificate: join(values.out, 'gateway.crt'), key: join(values.out, 'gateway.key') }, made);
  copyFileSync(join(env.STATE_DIR, 'ca.crt'), join(values.out, 'ca.crt'));
  console.log(fingerprintOf(ca.certificate));
}

const fleetArgs = z.object({
  vms: z.coerce.number().int().min(0).max(100_000),
  image: imageId,
  network: z.array(networkId).min(1),
  owner: accountId,
  'owner-name': z.string().min(1),
  simulator: z.url(),
});

async function fleet(): Promise<void> {
  const env = regionFleetEnv();
  const { vms, image, network, owner, 'owner-name': ownerName, simulator } = fleetArgs.parse(values);
  const db = databaseOpen({ url: env.DATABASE_URL, connections: 2 });
  try {
    const order = { region: env.REGION_KEY, vms, image, networks: network, owner: { id: owner, name: ownerName } };
    const { made, stopped } = await fleetMake(db, order, fleetDoor(simulator), (done) => console.log(`${done}/${vms}`));
    console.log(`made ${made}${stopped > 0 ? `, ${stopped} of them stopped for want of room` : ''}`);
  } finally {
    await db.$client.end();
  }
}

const commands = new Map([
  ['ca', authorityPrint],
  ['gateway-certificate', gatewayCertificate],
  ['fleet', fleet],
]);
const command = commands.get(positionals[0] ?? '');
if (command) await command();
else {
  console.error('usage: cli.ts ca | gateway-certificate --out DIR | fleet --vms N …');
  process.exitCode = 2;
}
