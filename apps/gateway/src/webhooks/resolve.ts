/**
 * Names of receivers. The system's resolver holds one of the few threads that passwords are hashed on, for as long as a name
 * server is silent; so no more than two questions are under way, and whoever asks for the same name shares one.
 */
import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const AT_ONCE = 2;

export function resolverOpen(ask: Resolve = (host) => lookup(host, { all: true })): Resolve {
  const asked = new Map<string, Promise<readonly LookupAddress[]>>();
  const waiting: (() => void)[] = [];
  let underWay = 0;
  const turn = async (host: string): Promise<readonly LookupAddress[]> => {
    // whoever goes hands his place on, so that nobody slips in between
    if (underWay < AT_ONCE) underWay += 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await ask(host);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else underWay -= 1;
    }
  };
  return (host) => {
    let answer = asked.get(host);
    if (!answer) asked.set(host, (answer = turn(host).finally(() => asked.delete(host))));
    return answer;
  };
}
