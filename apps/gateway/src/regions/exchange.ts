import type { Dispatcher } from 'undici';

/**
 * One request and its whole answer as text. By `dispatch`, because `request` makes a stream and several promises for each
 * answer, which costs as much as all that the door itself does with a read.
 * @throws Error of undici, with its code.
 */
export function exchange(
  agent: Dispatcher,
  options: Dispatcher.DispatchOptions,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const chunks: Buffer[] = [];
    agent.dispatch(options, {
      onRequestStart: () => undefined,
      onResponseStart(_, code) {
        status = code;
      },
      onResponseData: (_, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        const [first] = chunks;
        resolve({ status, body: (first && chunks.length === 1 ? first : Buffer.concat(chunks)).toString() });
      },
      onResponseError: (_, error) => reject(error),
    });
  });
}
