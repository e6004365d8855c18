/**
 * Authorised reads per second through the door, over 32 kept connections, against a bare `node:http` server that answers
 * the same bytes: same load, same cores, in turns. What it costs to be asked who, whether and where, and to ask the database.
 * `vms` asks the database whether anything has changed since the same list was made, `vmsAnew` has every list made: each
 * request of it is spelt differently.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import pg from 'pg';
import { freePort } from '@basalt/service';
import { answering, cellOpen, queryPath, queryPathSpelt, until } from './cell.ts';
import { quantile, ratioPrint } from './ratio.ts';
import { vmRowsSeed } from './stock.ts';

const CONNECTIONS = 32;
const SECONDS = 3;
const BLOCKS = 3;
const VMS = 2_000;
/** Spellings for each connection: more than it asks in the second for which an answer is kept at most. */
const SPELLINGS = 4_096 / CONNECTIONS;
const GOAL = { atLeast: 0.12 };

/** Argument 1: port, 2: file with the answer. */
const bareServer = `
const { createServer } = require('node:http');
const body = require('node:fs').readFileSync(process.argv[2]);
createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}).listen(Number(process.argv[1]), '127.0.0.1');`;

/** @param spelt the paths to ask instead, in turn, each by one connection only */
async function perSecond(
  url: string,
  headers: Readonly<Record<string, string>>,
  spelt?: (n: number) => string,
): Promise<number> {
  let connection = 0;
  const result = await autocannon({
    url,
    headers: { ...headers },
    connections: CONNECTIONS,
    duration: SECONDS,
    setupClient(client) {
      if (!spelt) return;
      const first = (connection++ % CONNECTIONS) * SPELLINGS;
      const paths = Array.from({ length: SPELLINGS }, (_, n) => spelt(first + n));
      client.setRequests(paths.map((path) => ({ path, headers: { ...headers } })));
    },
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refused, ${result.errors} failed: ${url}`);
  return result.requests.average;
}

export async function run(): Promise<void> {
  await using cell = await cellOpen();
  const measure = async (name: string, procedure: string, input: object, isAnew = false): Promise<void> => {
    const file = join(cell.directory, `${name}.json`);
    const text = await cell.query(procedure, input);
    writeFileSync(file, text);
    const port = await freePort();
    const peer = `http://127.0.0.1:${port}/`;
    cell.start([process.execPath, '-e', bareServer, String(port), file]);
    await until('the bare server', answering(peer));
    const url = `${cell.origin}${queryPath(procedure, input)}`;
    const rates: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
    const spelt = isAnew ? (n: number): string => queryPathSpelt(procedure, input, n) : undefined;
    await perSecond(url, cell.headers, spelt);
    for (let block = 0; block < BLOCKS; block += 1) {
      rates.ours.push(await perSecond(url, cell.headers, spelt));
      rates.peer.push(await perSecond(peer, cell.headers));
    }
    const [mine, bare] = [quantile(rates.ours, 0.5), quantile(rates.peer, 0.5)];
    const detail = `${mine.toFixed(0)}/s against ${bare.toFixed(0)}/s, ${text.length} B`;
    ratioPrint({ name: `reads.${name}`, ratio: mine / bare, goal: GOAL, peer: 'node-http', detail });
  };
  const client = new pg.Client({ connectionString: cell.regionDatabase });
  await client.connect();
  try {
    await vmRowsSeed(client, VMS);
  } finally {
    await client.end();
  }
  await measure('flavors', 'flavor.list', {});
  // the gateway alone
  await measure('session', 'session.current', {});
  await measure('vms', 'vm.list', { limit: 50 });
  await measure('vmsAnew', 'vm.list', { limit: 50 }, true);
}

if (import.meta.main) await run();
