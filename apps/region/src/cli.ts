/**
 * Administration of a region on its own machine:
 *   ca                                prints the authority's fingerprint, making it when there is none
 *   gateway-certificate --out DIR     writes gateway.crt, gateway.key and ca.crt for a gateway
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fingerprintOf, keyAndCertificateWrite } from '@basalt/service';
import { authorityOpen, gatewayIdentity } from './authority.ts';
import { regionCliEnv } from './env.ts';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const env = regionCliEnv();
  const ca = await authorityOpen(env.STATE_DIR, env.REGION_KEY);
  switch (positionals[0]) {
    case 'ca':
      console.log(fingerprintOf(ca.certificate));
      return 0;
    case 'gateway-certificate': {
      if (!values.out) throw new Error('--out DIR is missing');
      const made = await gatewayIdentity(ca, env.REGION_KEY);
      keyAndCertificateWrite(
        { certificate: join(values.out, 'gateway.crt'), key: join(values.out, 'gateway.key') },
        made,
      );
      copyFileSync(join(env.STATE_DIR, 'ca.crt'), join(values.out, 'ca.crt'));
      console.log(fingerprintOf(ca.certificate));
      return 0;
    }
    default:
      console.error('usage: cli.ts ca | gateway-certificate --out DIR');
      return 2;
  }
}

process.exitCode = await main();
