import type { IncomingMessage, ServerResponse } from 'node:http';
import { BasaltError, type Locale } from '@basalt/contract';
import { basaltErrorOf } from '@basalt/rpc';

export const respondJson = (response: ServerResponse, status: number, body: unknown): void =>
  respondText(response, status, JSON.stringify(body));

/** JSON that is text already, or its bytes. */
export function respondText(response: ServerResponse, status: number, text: string | Buffer): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

/** JSON bytes with their tag; without them when the asker has what the tag names. */
export function respondTagged(request: IncomingMessage, response: ServerResponse, body: Buffer, etag: string): void {
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, etag }).end(body);
}

/** `{"error": <shape>}` with the error's status. */
export function respondError(response: ServerResponse, error: unknown, locale: Locale, requestId: string | null): void {
  const found = basaltErrorOf(error);
  respondJson(response, found.status, { error: found.shape(locale, requestId) });
}

/** A small JSON body. @throws BasaltError payloadTooLarge, invalidInput. */
export async function bodyJson(request: IncomingMessage, most = 64 * 1024): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new BasaltError('payloadTooLarge', { max: `${most} B` });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    throw new BasaltError('invalidInput', { field: 'body', rule: 'JSON' }, { cause });
  }
}
