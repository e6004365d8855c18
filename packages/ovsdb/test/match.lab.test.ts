import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseSchema, match, type Operation, OvsdbClient } from '../src/index.ts';
import { arbitraryMatch } from './match-arbitrary.ts';
import { startServer, type TestServer } from './ovsdb-server.ts';

const run = promisify(execFile);
const southbound: DatabaseSchema<Record<never, never>> = { name: 'OVN_Southbound', version: '20', tables: {} };

/** OVN's own parser, as ovn-trace uses it: every flow of a southbound database is parsed and bad ones are reported. */
describe("match builder against OVN's parser", () => {
  let server: TestServer;
  let client: OvsdbClient<Record<never, never>>;

  beforeAll(async () => {
    server = await startServer({ schema: '/usr/share/ovn/ovn-sb.ovsschema' });
    client = new OvsdbClient({ endpoints: [`unix:${server.socket}`], schema: southbound });
    await client.connect();
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  /** Which of the expressions OVN refuses, with its words. */
  async function refused(expressions: readonly string[]): Promise<string[]> {
    const names = (pattern: RegExp): string[] => [
      ...new Set(expressions.flatMap((text) => [...text.matchAll(pattern)].map((found) => found[1] ?? ''))),
    ];
    const insert = (table: string, row: Record<string, unknown>, name?: string): Operation => ({
      op: 'insert',
      table,
      row,
      ...(name === undefined ? {} : { 'uuid-name': name }),
    });
    await client.transact([
      ...['Logical_Flow', 'Port_Binding', 'Datapath_Binding', 'Port_Group', 'Address_Set'].map((table) => ({
        op: 'delete',
        table,
        where: [],
      })),
      insert(
        'Datapath_Binding',
        {
          tunnel_key: 1,
          external_ids: [
            'map',
            [
              ['name', 'ls'],
              ['logical-switch', '11111111-1111-4111-8111-111111111111'],
            ],
          ],
        },
        'dp',
      ),
      insert('Port_Binding', { logical_port: 'p1', tunnel_key: 1, datapath: ['named-uuid', 'dp'] }),
      ...names(/@(\w+)/g).map((name) => insert('Port_Group', { name, ports: 'p1' })),
      ...names(/\$(\w+)/g).map((name) => insert('Address_Set', { name, addresses: '10.0.0.1' })),
      ...expressions.map((text, index) =>
        insert('Logical_Flow', {
          logical_datapath: ['named-uuid', 'dp'],
          pipeline: 'ingress',
          table_id: 0,
          priority: index % 65_535,
          match: text,
          actions: 'next;',
        }),
      ),
    ]);
    const { stderr } = await run(
      'ovn-trace',
      [`--db=unix:${server.socket}`, '--minimal', 'ls', 'inport == "p1" && eth.src == 52:54:00:00:00:01'],
      { timeout: 30_000, maxBuffer: 1 << 26 },
    );
    return stderr.split('\n').filter((line) => line.includes('parsing'));
  }

  it('[SG-02] every random combination is accepted', async () => {
    const samples = fc.sample(arbitraryMatch, { numRuns: 1500, seed: 42 }).map(String);
    expect(await refused(samples)).toEqual([]);
  }, 60_000);

  it('[SG-02] every single builder is accepted, and the probe does see bad expressions', async () => {
    const good = [
      match.ip4.src.inSet('as1'),
      match.ip6.dst.inGroup('pg1'),
      match.ip.proto(47),
      match.ip.dscp(46),
      match.arp.op(1),
      match.arp.spa.eq('10.0.0.1'),
      match.arp.sha.eq('52:54:00:00:00:01'),
      match.nd.solicitation,
      match.nd.advertisement,
      match.routerAdvertisement,
      match.sctp.dst.eq(5000),
      match.ip6.mcast,
      match.eth.dst.in('52:54:00:00:00:01', '52:54:00:00:00:02'),
      match.not(match.eth.src.eq('52:54:00:00:00:01')),
      match.not(match.tcp.dst.range(1, 9)),
      match.not(match.ip4.src.inSet('as1')),
      match.not(match.ip.frag),
      match.not(match.ip6.mcast),
      match.not(match.arp.sha.eq('52:54:00:00:00:01')),
      match.not(match.sctp.src.in(1, 2)),
      match.not(match.arp.spa.eq('10.0.0.1')),
      match.not(match.eth.bcast),
      match.ip6.src.in('::/0'),
      match.ip6.src.eq('::ffff:10.0.0.1'),
    ].map(String);
    expect(await refused(good)).toEqual([]);
    for (const bad of ['ip4.src == 10.1.0.0/33', 'tcp.dst == 80 && (', 'inport == p1 || ip4 && tcp']) {
      expect(await refused([...good, bad]), bad).toHaveLength(1);
    }
  });
});
