/**
 * What happened on this host, numbered, for a region that may have been away: a ring of the latest events that can be
 * read on from any number still in it. Numbers begin anew with the agent, at a value no earlier run can have reached
 * (milliseconds since 1970 times 1000), so that a reader of an earlier run is told to ask for the facts again.
 */
import type { AgentEvent } from '@basalt/contract/agent/index';

/** An event without the two fields the log gives it. */
export type EventBody = AgentEvent extends infer E
  ? E extends AgentEvent
    ? Omit<E, 'sequence' | 'at'>
    : never
  : never;

const CAPACITY = 4096;

export class EventLog {
  readonly #first: number;
  readonly #ring: AgentEvent[] = [];
  readonly #listeners = new Set<() => void>();
  #sequence: number;

  constructor(now: number = Date.now()) {
    this.#sequence = now * 1000;
    this.#first = this.#sequence;
  }

  /** Number of the latest event. */
  get sequence(): number {
    return this.#sequence;
  }

  push(body: EventBody): AgentEvent {
    const event: AgentEvent = { ...body, sequence: ++this.#sequence, at: new Date().toISOString() };
    this.#ring.push(event);
    if (this.#ring.length > CAPACITY) this.#ring.splice(0, CAPACITY / 4);
    for (const listener of this.#listeners) listener();
    return event;
  }

  /**
   * Events after `sequence`, oldest first. When some of them are gone, or the number is of another run of the agent, the
   * first is a `resync` that carries the latest number: nothing older is worth reading.
   */
  after(sequence: number): AgentEvent[] {
    const oldest = this.#ring[0]?.sequence ?? this.#sequence + 1;
    const known = sequence >= Math.max(this.#first, oldest - 1) && sequence <= this.#sequence;
    if (!known) return [{ sequence: this.#sequence, at: new Date().toISOString(), type: 'resync' }];
    return this.#ring.slice(this.#ring.length - (this.#sequence - sequence));
  }

  /** Calls back after each push; returns the way to stop. */
  onPush(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
