import type { NetworkId, procedures } from '@basalt/contract';
import { ipv4 } from '@basalt/contract';
import type { OutputOf } from '@basalt/rpc';
import { addressUses } from '../../store/address.ts';
import { networksByIds, uplinkAll } from '../../store/network.ts';
import { offsetNext, offsetPage, sequenceNow, type PageInput } from '../../store/page.ts';
import { addressToNumber, cidrInterval, numberToAddress } from '../../ipam/range.ts';
import type { Context } from '../context.ts';
import { existing } from '../refusal.ts';

type Output = OutputOf<(typeof procedures)['network']['addresses']>;

/** By any part of its ends, or by an address that lies between them. */
function found({ address, addressTo }: Output['items'][number], text: string): boolean {
  if (address.includes(text) || addressTo?.includes(text)) return true;
  if (addressTo === null || !ipv4.safeParse(text).success) return false;
  const at = addressToNumber(text);
  return addressToNumber(address) <= at && at <= addressToNumber(addressTo);
}

/** Every address that is not free, and why (NET-02): those of NICs, and those the subnet itself bars. */
export async function networkAddresses(
  ctx: Context,
  input: PageInput & { readonly id: NetworkId; readonly search?: string | undefined },
): Promise<Output> {
  const { db } = ctx.services;
  const sequence = await sequenceNow(db);
  const { subnet } = existing((await networksByIds(db, [input.id]))[0], 'network');
  if (!subnet) return { items: [], total: 0, nextCursor: null, sequence };
  const page = offsetPage(input);
  const { from, to } = cidrInterval(subnet.cidr);
  const bare = { addressTo: null, mac: null, nicId: null, vm: null };
  const barred: Output['items'] = [
    { address: numberToAddress(from), use: 'network', ...bare },
    { address: numberToAddress(to), use: 'broadcast', ...bare },
    ...(subnet.gateway ? [{ address: subnet.gateway, use: 'gateway' as const, ...bare }] : []),
    ...(subnet.dhcpServer === subnet.gateway
      ? []
      : [{ address: subnet.dhcpServer, use: 'dhcpServer' as const, ...bare }]),
    ...subnet.excluded.map((range) => ({
      ...bare,
      address: range.from,
      addressTo: range.to === range.from ? null : range.to,
      use: 'excluded' as const,
    })),
  ];
  const shown = barred.filter((item) => !input.search || found(item, input.search));
  const used = (await addressUses(db, subnet.id, input.search)).map((row) => ({
    address: row.address,
    addressTo: null,
    use: row.state,
    mac: row.mac,
    nicId: row.nicId,
    vm: row.vmId && row.vmName !== null ? { id: row.vmId, name: row.vmName } : null,
  }));
  const all = [...shown, ...used].toSorted((a, b) => addressToNumber(a.address) - addressToNumber(b.address));
  const items = all.slice(page.offset, page.offset + page.limit);
  return { items, total: all.length, nextCursor: offsetNext(page, all.length), sequence };
}

/** Provider networks that hosts carry, and the VLANs taken on each. */
export async function networkUplinks(ctx: Context): Promise<{ items: Awaited<ReturnType<typeof uplinkAll>> }> {
  return { items: await uplinkAll(ctx.services.db) };
}
