/**
 * Which hosts a simulator has, as it remembers them over its own end: a name for each place, and an identity for each host
 * that has joined. A name has its place before it asks to join, so that a process that dies meanwhile finds the host at the
 * path that the region was told.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identityRead, identityWrite, type Identity } from '../door/identity-store.ts';

/** What whoever gives out tokens wants to know; `status.json` of the state directory. */
export const simStatus = z.object({
  joined: z.array(z.string()),
  pending: z.array(z.string()),
  /** Why, by name. */
  refused: z.record(z.string(), z.string()),
});
export type SimStatus = z.infer<typeof simStatus>;

const STATUS_EVERY_MS = 250;

export class SimMembers {
  readonly #directory: string | null;
  readonly #places = new Map<string, number>();
  #telling: NodeJS.Timeout | undefined;

  /** @param directory null = everything is forgotten with the process. */
  constructor(directory: string | null) {
    this.#directory = directory;
    const file = this.#file('hosts.json');
    if (file === null || !existsSync(file)) return;
    for (const name of z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8'))))
      this.#places.set(name, this.#places.size);
  }

  /** In the order of their places. */
  get names(): readonly string[] {
    return [...this.#places.keys()];
  }

  /** Gives a place to each that has none, for ever. */
  placesGive(names: readonly string[]): void {
    const before = this.#places.size;
    for (const name of names) if (!this.#places.has(name)) this.#places.set(name, this.#places.size);
    if (this.#places.size > before) this.#write('hosts.json', this.names);
  }

  /** @throws Error for a name without a place. */
  place(name: string): number {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`${name} has no place in this simulator`);
    return place;
  }

  /** Where a host keeps its key and certificate. */
  directory(name: string): string | null {
    return this.#directory === null ? null : join(this.#directory, 'hosts', name);
  }

  identityRead(name: string): Identity | null {
    const directory = this.directory(name);
    return directory === null ? null : identityRead(directory);
  }

  identityWrite(identity: Identity): void {
    const directory = this.directory(identity.membership.hostName);
    if (directory !== null) identityWrite(directory, identity);
  }

  /** Writes soon what `status` gives then; however often it is called, a few times a second. */
  tell(status: () => SimStatus): void {
    if (this.#directory === null) return;
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#write('status.json', status());
    }, STATUS_EVERY_MS).unref();
  }

  close(): void {
    clearTimeout(this.#telling);
  }

  #file(name: string): string | null {
    return this.#directory === null ? null : join(this.#directory, name);
  }

  #write(name: string, content: unknown): void {
    const file = this.#file(name);
    if (file === null) return;
    writeFileSync(`${file}.next`, JSON.stringify(content), { mode: 0o600 });
    renameSync(`${file}.next`, file);
  }
}
