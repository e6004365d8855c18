import type { Dispatcher } from 'undici';

export interface Exchanged {
  readonly status: number;
  readonly body: Buffer;
  /** The answer's entity tag. */
  readonly etag: string | undefined;
}

/**
 * One request and its whole answer. By `dispatch`, because `request` makes a stream and several promises for each
 * answer, which costs as much as all that the door itself does with a read.
 * @throws Error of undici, with its code.
 */
export function exchange(agent: Dispatcher, options: Dispatcher.DispatchOptions): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let etag: string | undefined;
    const chunks: Buffer[] = [];
    agent.dispatch(options, {
      onRequestStart: () => undefined,
      onResponseStart(_, code, headers) {
        status = code;
        etag = typeof headers['etag'] === 'string' ? headers['etag'] : undefined;
      },
      onResponseData: (_, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        const [first] = chunks;
        resolve({ status, etag, body: first && chunks.length === 1 ? first : Buffer.concat(chunks) });
      },
      onResponseError: (_, error) => reject(error),
    });
  });
}
