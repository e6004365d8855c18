import type { NetworkId, procedures } from '@basalt/contract';
import type { OutputOf } from '@basalt/rpc';
import { addressUses } from '../../store/address.ts';
import { networksByIds, uplinkAll } from '../../store/network.ts';
import { offsetNext, offsetPage, sequenceNow, type PageInput } from '../../store/page.ts';
import { addressToNumber, cidrInterval, numberToAddress } from '../../ipam/range.ts';
import type { Context } from '../context.ts';
import { existing } from '../refusal.ts';

type Output = OutputOf<(typeof procedures)['network']['addresses']>;

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
  const bare = { mac: null, nicId: null, vm: null };
  const barred: Output['items'] = [
    { address: numberToAddress(from), use: 'network', ...bare },
    { address: numberToAddress(to), use: 'broadcast', ...bare },
    ...(subnet.gateway ? [{ address: subnet.gateway, use: 'gateway' as const, ...bare }] : []),
    ...(subnet.dhcpServer === subnet.gateway
      ? []
      : [{ address: subnet.dhcpServer, use: 'dhcpServer' as const, ...bare }]),
    // a range stands as its first address; the list is for people
    ...subnet.excluded.map((range) => ({ address: range.from, use: 'excluded' as const, ...bare })),
  ];
  const shown = barred.filter((item) => !input.search || item.address.includes(input.search));
  const used = (await addressUses(db, subnet.id, input.search)).map((row) => ({
    address: row.address,
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
