/**
 * Authorised reads per second through the door, over 32 kept connections, against a bare `node:http` server that answers
 * the same bytes: same load, same cores, in turns. What it costs to be asked who, whether and where, and to ask the database.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { freePort } from '@basalt/service';
import { answering, cellOpen, queryPath, until } from './cell.ts';
import { quantile, ratioPrint } from './ratio.ts';

const CONNECTIONS = 32;
const SECONDS = 3;
const BLOCKS = 3;
const GOAL = { atLeast: 0.12 };

/** Argument 1: port, 2: file with the answer. */
const bareServer = `
const { createServer } = require('node:http');
const body = require('node:fs').readFileSync(process.argv[2]);
createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}).listen(Number(process.argv[1]), '127.0.0.1');`;

async function perSecond(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const result = await autocannon({ url, headers: { ...headers }, connections: CONNECTIONS, duration: SECONDS });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refused, ${result.errors} failed: ${url}`);
  return result.requests.average;
}

export async function run(): Promise<void> {
  await using cell = await cellOpen();
  const measure = async (name: string, procedure: string, input: object): Promise<void> => {
    const file = join(cell.directory, `${name}.json`);
    const text = await cell.query(procedure, input);
    writeFileSync(file, text);
    const port = await freePort();
    const peer = `http://127.0.0.1:${port}/`;
    cell.start([process.execPath, '-e', bareServer, String(port), file]);
    await until('the bare server', answering(peer));
    const url = `${cell.origin}${queryPath(procedure, input)}`;
    const rates: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
    await perSecond(url, cell.headers);
    for (let block = 0; block < BLOCKS; block += 1) {
      rates.ours.push(await perSecond(url, cell.headers));
      rates.peer.push(await perSecond(peer, cell.headers));
    }
    const [mine, bare] = [quantile(rates.ours, 0.5), quantile(rates.peer, 0.5)];
    const detail = `${mine.toFixed(0)}/s against ${bare.toFixed(0)}/s, ${text.length} B`;
    ratioPrint({ name: `reads.${name}`, ratio: mine / bare, goal: GOAL, peer: 'node-http', detail });
  };
  await measure('flavors', 'flavor.list', {});
  // the gateway alone, and a read that asks the database each time
  await measure('session', 'session.current', {});
  await measure('vms', 'vm.list', { limit: 50 });
}

if (import.meta.main) await run();
