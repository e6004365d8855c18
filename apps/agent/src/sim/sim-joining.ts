/**
 * Lets simulated hosts join, a few at a time. Each stands for itself: one that is refused, or that the region does not answer
 * for as long as its token lives, is told of and left out, and may be given another token.
 */
import { z } from 'zod';

/** One host that is to join: a name and what `host.createEnrolToken` gave for it. */
export const simToken = z.object({
  hostName: z.string(),
  token: z.string(),
  endpoint: z.string(),
  caFingerprint: z.string(),
});
export type SimToken = z.infer<typeof simToken>;

const AT_ONCE = 8;

export interface SimJoiningOptions {
  readonly join: (token: SimToken) => Promise<void>;
  /** After each change of what {@link SimJoining} tells. */
  readonly changed: () => void;
  readonly refused: (hostName: string, error: unknown) => void;
}

export class SimJoining {
  readonly #options: SimJoiningOptions;
  readonly #waiting: { readonly token: SimToken; readonly done: () => void }[] = [];
  readonly #pending = new Set<string>();
  readonly #refused = new Map<string, string>();
  #lanes = 0;

  constructor(options: SimJoiningOptions) {
    this.#options = options;
  }

  /** Names of hosts that have a token and have neither joined nor been refused. */
  get pending(): readonly string[] {
    return [...this.#pending];
  }

  /** Why hosts could not join with the latest token they had, by name. */
  get refused(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#refused);
  }

  /** Resolves when each of these has joined or has been refused; never rejects. */
  async add(tokens: readonly SimToken[]): Promise<void> {
    const fresh = tokens.filter(({ hostName }) => !this.#pending.has(hostName));
    const ended = fresh.map((token) => {
      this.#pending.add(token.hostName);
      this.#refused.delete(token.hostName);
      return new Promise<void>((done) => this.#waiting.push({ token, done }));
    });
    this.#options.changed();
    while (this.#lanes < AT_ONCE && this.#lanes < this.#waiting.length) void this.#lane();
    await Promise.all(ended);
  }

  /** Those that have not begun do not begin any more. */
  close(): void {
    for (const { done } of this.#waiting.splice(0)) done();
  }

  async #lane(): Promise<void> {
    this.#lanes += 1;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { hostName } = next.token;
      try {
        await this.#options.join(next.token);
      } catch (error) {
        this.#refused.set(hostName, error instanceof Error ? error.message : String(error));
        this.#options.refused(hostName, error);
      }
      this.#pending.delete(hostName);
      this.#options.changed();
      next.done();
    }
    this.#lanes -= 1;
  }
}
