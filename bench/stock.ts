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

/** Rows as the product would have written them; the hosts have left, so that nothing is reconciled meanwhile. */
export async function vmRowsSeed(client: pg.Client, vms: number, hosts = 200): Promise<void> {
  await client.query('begin');
  await client.query(`insert into hosts (id, name, cluster_id, address, port, state, removed_at)
    select gen_random_uuid(), 'node-' || lpad(n::text, 3, '0'), (select id from compute_clusters limit 1),
      '10.0.0.1', 7444, 'available', now() from generate_series(1, ${hosts}) n`);
  await client.query(`insert into networks (id, name, uplink, vlan, mtu, state)
    values (gen_random_uuid(), 'production', 'physnet1', 100, 1500, 'available')`);
  await client.query(`insert into vms (id, name, state, desired_power, cluster_id, host_id, vcpu, memory, firmware, cpu_mode,
      os_family, host_name, cloud_init, default_user, owner_id, owner_name, first_address, search, created_at)
    select v.id, v.name, v.state, 'on', (select id from compute_clusters limit 1), h.id, 2 ^ (n % 5),
      (2 ^ (n % 7))::bigint * 1073741824, 'bios', 'hostModel', 'linux', v.name, true, 'debian',
      '018f0000-0000-7000-8000-0000000000aa', 'Administrator', v.address,
      lower(v.name || ' ' || v.id || ' ' || host(v.address) || ' 52:54:00:' || lpad(to_hex(n), 6, '0')),
      now() - n * interval '37 seconds'
    from (select n, gen_random_uuid() id,
        (array['web','db','cache','queue','mail','build','report','desktop'])[1 + n % 8] || '-'
          || (array['prod','test','stage','dev'])[1 + n / 8 % 4] || '-' || lpad(n::text, 6, '0') as name,
        (array['running','running','running','running','stopped','running','running','stopped','paused','error'])[1 + n % 10] state,
        '10.32.0.0'::inet + n as address from generate_series(1, ${vms}) n) v
      join (select id, row_number() over (order by name) as at from hosts) h on h.at = 1 + (v.n * 7919) % ${hosts}`);
  await client.query(`insert into nics (id, vm_id, index, network_id, mac, address, model)
    select gen_random_uuid(), v.id, 0, (select id from networks limit 1),
      '52:54:' || regexp_replace(lpad(to_hex(row_number() over ()), 8, '0'), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4'),
      v.first_address, 'virtio' from vms v`);
  await client.query('commit');
  await client.query('vacuum analyze');
}
