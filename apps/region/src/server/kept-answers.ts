/**
 * Answers of lists that are asked again while nothing has changed: consoles that poll, dashboards, programs. The change
 * sequence is read from the database for every request (many at once share one read that began after they came), and an
 * answer is given again only if it was made at that very sequence. Nobody is given what was made for another: rights are
 * part of the assertion, and answers are kept by assertion.
 */
import { randomBytes } from 'node:crypto';
import type { ActorAssertion } from '@basalt/contract';

const BYTES_MOST = 8 * 1024 ** 2;
/** Whatever is in an answer without being told as a change is never older than this. */
const AGE_MOST_MS = 1_000;

/** Another one after each start, so that no tag of an earlier process names anything here. */
const instance = randomBytes(9).toString('base64url');
const tags = new WeakMap<Buffer, string>();
let lastTag = 0;

/** The entity tag of an answer's bytes. Bytes that were made anew have another one, even where they are the same. */
export function tagOf(body: Buffer): string {
  let tag = tags.get(body);
  if (tag === undefined) tags.set(body, (tag = `"${instance}-${(lastTag += 1)}"`));
  return tag;
}

interface Kept {
  readonly sequence: number;
  readonly until: number;
  readonly body: Promise<Buffer>;
  bytes: number;
}

export class KeptAnswers {
  readonly #actors = new WeakMap<ActorAssertion, number>();
  readonly #kept = new Map<string, Kept>();
  #lastActor = 0;
  #bytes = 0;

  /** @param question name and input as they came. @param sequence read after the request had come */
  of(actor: ActorAssertion, question: string, sequence: number, make: () => Promise<Buffer>): Promise<Buffer> {
    let number = this.#actors.get(actor);
    if (number === undefined) this.#actors.set(actor, (number = ++this.#lastActor));
    const key = `${number} ${question}`;
    const found = this.#kept.get(key);
    if (found?.sequence === sequence && found.until > Date.now()) return found.body;
    if (found) this.#drop(key, found);
    const body = make();
    const kept: Kept = { sequence, until: Date.now() + AGE_MOST_MS, body, bytes: key.length };
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
    body.then(
      ({ length }) => this.#grow(key, kept, length),
      () => this.#drop(key, kept),
    );
    return body;
  }

  #grow(key: string, kept: Kept, bytes: number): void {
    if (this.#kept.get(key) !== kept) return;
    kept.bytes += bytes;
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#kept) {
      if (this.#bytes <= BYTES_MOST) break;
      this.#drop(oldest, entry);
    }
  }

  #drop(key: string, kept: Kept): void {
    if (this.#kept.get(key) !== kept) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }
}
