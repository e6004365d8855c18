/** The region's own certificate authority, and the two certificates it makes by itself: the region's and the gateway's. */
import { join } from 'node:path';
import { caLoadOrCreate, identityCreate, type KeyAndCertificate } from '@basalt/service';

const YEAR_HOURS = 365 * 24;

/** `<stateDirectory>/ca.{crt,key}`, made at first use. */
export const authorityOpen = (stateDirectory: string, key: string): Promise<KeyAndCertificate> =>
  caLoadOrCreate(join(stateDirectory), 'ca', `Basalt region ${key}`);

/** For this process's listener and its calls to agents; made anew at every start, kept in memory only. */
export async function regionIdentity(
  ca: KeyAndCertificate,
  key: string,
  addresses: readonly string[],
): Promise<KeyAndCertificate> {
  const own = await identityCreate(ca, {
    commonName: `region ${key}`,
    uri: `basalt://region/${key}/region`,
    dns: ['localhost'],
    ips: addresses.filter((address) => /^[0-9.]+$/u.test(address)),
    hours: YEAR_HOURS,
  });
  // the chain ends in the authority, so that a joining host can compare it with the fingerprint it was told
  return { ...own, certificate: `${own.certificate}${ca.certificate}` };
}

export const gatewayIdentity = (ca: KeyAndCertificate, key: string): Promise<KeyAndCertificate> =>
  identityCreate(ca, { commonName: `gateway of ${key}`, uri: `basalt://region/${key}/gateway`, hours: YEAR_HOURS });
