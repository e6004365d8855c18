/**
 * At most so many calls at a server at once, the rest in order. libvirtd stops reading a socket with five calls in
 * progress, and then misses our keepalive too. A call that was given up still occupies its place until its reply
 * comes: the server is still working on it.
 */
export class CallSlots {
  readonly #max: number;
  #busy = 0;
  #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get busy(): number {
    return this.#busy;
  }

  get full(): boolean {
    return this.#busy >= this.#max;
  }

  /** Runs `start` now or when a place is free; the returned function takes a waiting one back. */
  enter(start: () => void): () => void {
    if (!this.full) {
      this.#busy++;
      start();
      return () => undefined;
    }
    this.#waiting.push(start);
    return () => {
      this.#waiting = this.#waiting.filter((waiting) => waiting !== start);
    };
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy--;
  }
}
