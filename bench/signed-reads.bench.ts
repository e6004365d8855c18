/**
 * Reads per second that are signed with an API key, over 32 kept connections, against a bare `node:http` server that answers
 * the same bytes to the same signed requests. What the peer does not do: check the signature, take the nonce for good in the
 * database, look the key up as it is now, and answer the question.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import pg from 'pg';
import { authorizationOf, EMPTY_HASH, stringToSign } from '@basalt/contract';
import { freePort } from '@basalt/service';
import { answering, cellOpen, REGION, until, type Cell } from './cell.ts';
import { quantile, ratioPrint } from './ratio.ts';
import { vmRowsSeed } from './stock.ts';

const CONNECTIONS = 32;
const SECONDS = 3;
const BLOCKS = 3;
const VMS = 2_000;
const GOAL = { atLeast: 0.12 };

interface Key {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Argument 1: port, 2: file with the answer. */
const bareServer = `
const { createServer } = require('node:http');
const body = require('node:fs').readFileSync(process.argv[2]);
createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}).listen(Number(process.argv[1]), '127.0.0.1');`;

async function keyCreate(cell: Cell): Promise<Key> {
  const answer = await fetch(`${cell.origin}/api/v1/my-account/api-keys`, {
    method: 'POST',
    headers: { ...cell.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench' }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  const made = JSON.parse(text) as { key: { publicKey: string }; privateKey: string };
  return { publicKey: made.key.publicKey, privateKey: made.privateKey };
}

function sign({ publicKey, privateKey }: Key, target: string): string {
  const [path = '', query = ''] = target.split('?');
  const time = Math.floor(Date.now() / 1_000);
  const nonce = randomBytes(18).toString('base64url');
  const text = stringToSign({ method: 'GET', path, query, bodyHash: EMPTY_HASH, time, nonce });
  return authorizationOf(publicKey, time, nonce, createHmac('sha256', privateKey).update(text).digest('base64url'));
}

async function perSecond(origin: string, path: string, key: Key): Promise<number> {
  const result = await autocannon({
    url: origin,
    connections: CONNECTIONS,
    duration: SECONDS,
    requests: [
      {
        method: 'GET',
        path,
        setupRequest: (request) => ({ ...request, headers: { ...request.headers, authorization: sign(key, path) } }),
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refused, ${result.errors} failed: ${path}`);
  return result.requests.average;
}

export async function run(): Promise<void> {
  await using cell = await cellOpen();
  const client = new pg.Client({ connectionString: cell.regionDatabase });
  await client.connect();
  try {
    await vmRowsSeed(client, VMS);
  } finally {
    await client.end();
  }
  const key = await keyCreate(cell);
  const measure = async (name: string, path: string): Promise<void> => {
    const answer = await fetch(`${cell.origin}${path}`, {
      headers: { authorization: sign(key, path) },
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    const file = join(cell.directory, `${name}.json`);
    writeFileSync(file, text);
    const port = await freePort();
    const peer = `http://127.0.0.1:${port}`;
    cell.start([process.execPath, '-e', bareServer, String(port), file]);
    await until('the bare server', answering(`${peer}/`));
    const rates: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
    await perSecond(cell.origin, path, key);
    for (let block = 0; block < BLOCKS; block += 1) {
      rates.ours.push(await perSecond(cell.origin, path, key));
      rates.peer.push(await perSecond(peer, path, key));
    }
    const [mine, bare] = [quantile(rates.ours, 0.5), quantile(rates.peer, 0.5)];
    const detail = `${mine.toFixed(0)}/s against ${bare.toFixed(0)}/s, ${text.length} B`;
    ratioPrint({ name: `signed-reads.${name}`, ratio: mine / bare, goal: GOAL, peer: 'node-http', detail });
  };
  await measure('session', '/api/v1/session');
  await measure('flavors', `/api/v1/regions/${REGION}/flavors`);
  await measure('vms', `/api/v1/regions/${REGION}/vms?limit=50`);
}

if (import.meta.main) await run();
