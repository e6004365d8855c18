/**
 * The network controller of a simulated region. As OVN's it outlives the region's processes, and all of them deal with the
 * same one: its switches and ports lie in tables of their own beside the region's, which nothing but this module knows.
 */
import { sql } from 'drizzle-orm';
import type { NetworkId, NicId } from '@basalt/contract';
import type { Database, Reader } from '../../store/database.ts';
import type { NetworkDriver, NetworkSpec, PortState } from './network-driver.ts';
import { networkFailure } from './network-error.ts';
import { simNetworkCheck, simPortCheck } from './sim-network-driver.ts';

const TABLES_LOCK = 7_340_006;

/** Makes the tables when there are none. */
export async function simNetworkTables(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${TABLES_LOCK})`);
    await tx.execute(sql`create schema if not exists simulation`);
    await tx.execute(sql`create table if not exists simulation.switches (id uuid primary key, spec jsonb not null)`);
    await tx.execute(sql`create table if not exists simulation.ports (id uuid primary key,
      switch_id uuid not null references simulation.switches on delete cascade, mac text not null, address inet)`);
    await tx.execute(sql`create index if not exists ports_switch on simulation.ports (switch_id)`);
  });
}

/** Ports of all these NICs at once, by their rows. */
export async function simPortsOfNics(db: Reader, nics: readonly NicId[]): Promise<void> {
  await db.execute(sql`insert into simulation.ports (id, switch_id, mac, address)
    select id, network_id, mac, address from nics where id in (select jsonb_array_elements_text(${JSON.stringify(nics)}::jsonb)::uuid)`);
}

export function simNetworkKept(db: Database): NetworkDriver {
  const answer = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw networkFailure(error);
    }
  };
  const switchOf = async (id: NetworkId): Promise<NetworkSpec | undefined> => {
    const { rows } = await db.execute<{ spec: NetworkSpec }>(
      sql`select spec from simulation.switches where id = ${id}`,
    );
    return rows[0]?.spec;
  };
  const removed = async (table: 'switches' | 'ports', id: NetworkId | NicId): Promise<boolean> => {
    const { rows } = await db.execute(
      sql`delete from simulation.${sql.identifier(table)} where id = ${id} returning id`,
    );
    return rows.length > 0;
  };
  /** As one text: a hundred thousand rows of one column would each become an object. */
  const ids = async (table: 'switches' | 'ports'): Promise<string[]> => {
    const { rows } = await db.execute<{ ids: string | null }>(
      sql`select string_agg(id::text, ' ') as ids from simulation.${sql.identifier(table)}`,
    );
    return rows[0]?.ids?.split(' ') ?? [];
  };
  return {
    networkEnsure: (spec) =>
      answer(async () => {
        simNetworkCheck(spec);
        await db.execute(sql`insert into simulation.switches (id, spec) values (${spec.id}, ${JSON.stringify(spec)}::jsonb)
          on conflict (id) do update set spec = excluded.spec`);
      }),
    networkRemove: (id) => answer(() => removed('switches', id)),
    portEnsure: (spec) =>
      answer(async () => {
        simPortCheck(await switchOf(spec.networkId), spec);
        await db.execute(sql`insert into simulation.ports (id, switch_id, mac, address)
          values (${spec.id}, ${spec.networkId}, ${spec.mac}, ${spec.address}::inet)
          on conflict (id) do update set switch_id = excluded.switch_id, mac = excluded.mac, address = excluded.address`);
      }),
    portRemove: (id) => answer(() => removed('ports', id)),
    chassisRemove: () => Promise.resolve(false),
    portState: (id) =>
      answer(async () => {
        const { rows } = await db.execute(sql`select id from simulation.ports where id = ${id}`);
        return rows.length > 0 ? 'up' : 'missing';
      }),
    owned: () =>
      answer(async () => {
        const [networks, ports] = await Promise.all([ids('switches'), ids('ports')]);
        return { networks, ports: new Map<string, PortState>(ports.map((id) => [id, 'up'])) };
      }),
    healthy: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
}
