/** What a VM on simulated hosts is made of, and the making of some. */
import type pg from 'pg';
import { gib } from '@basalt/contract';
import { dataOf, until, type Cell } from './cell.ts';

export interface Stock {
  readonly imageId: string;
  readonly networkId: string;
}

/** An image as a row, a network by the API. */
export async function stockMake(cell: Cell, client: pg.Client): Promise<Stock> {
  await until('the storage', async () => {
    const { rows } = await client.query('select 1 from storage_clusters where total_bytes is not null');
    return rows.length || undefined;
  });
  const image = await client.query<{ id: string }>(
    `insert into images (id, name, format, state, os_family, architecture, firmware, guest_agent, cloud_init, default_user,
       storage_cluster_id, rbd_image, file_size, virtual_size, owner_id)
     select i.id, 'tiny', 'qcow2', 'available', 'linux', 'x86_64', 'bios', true, true, 'root',
       (select id from storage_clusters limit 1), 'image-' || i.id, 1024, 1073741824, gen_random_uuid()
     from (select gen_random_uuid() id) i returning id`,
  );
  const uplink = await until('an uplink', async () => {
    const { items } = dataOf<{ items: { name: string }[] }>(await cell.query('network.uplinks', {}));
    return items[0]?.name;
  });
  const subnet = { cidr: '10.20.0.0/16', gateway: '10.20.0.1' };
  const made = await cell.mutate('network.create', { name: 'flat', uplink, vlan: 100, subnet });
  const { id } = dataOf<{ id: string }>(made);
  await until('the network', async () => {
    const { state } = dataOf<{ state: string }>(await cell.query('network.get', { id }));
    return state === 'available' || undefined;
  });
  return { imageId: image.rows[0]?.id ?? '', networkId: id };
}

/** The input that makes one small VM of it. */
export const vmOf = ({ imageId, networkId }: Stock, name: string): object => ({
  name,
  imageId,
  vcpu: 1,
  memory: gib(1),
  systemDisk: { size: gib(10) },
  nics: [{ networkId }],
});
