/**
 * What this host has been told and answered, on disk: an operation runs once however often it is delivered, also across
 * a restart, and a VM's commands of an older placement are refused. Only successes are kept: a failed operation may be
 * tried again under its id, because every ensure is safe to repeat.
 *
 * The file is a log of JSON lines, written anew in short form at opening and when it has grown. Answers are kept for an
 * hour: a command that arrives later than that has long passed its deadline and is refused for it.
 */
import { mkdirSync, openSync, closeSync, readFileSync, renameSync, writeFileSync, existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const KEEP_MS = 3_600_000;
const MAX_ANSWERS = 20_000;
const MAX_EPOCHS = 50_000;
const LINES_BEFORE_REWRITE = 50_000;

const line = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), id: z.string(), input: z.string(), at: z.number(), answer: z.unknown() }),
  z.object({ kind: z.literal('epoch'), vm: z.string(), epoch: z.number() }),
]);
type Line = z.infer<typeof line>;

export interface Answered {
  /** Hash of operation name and input. */
  readonly input: string;
  readonly at: number;
  readonly answer: unknown;
}

export interface Journal {
  /** The recorded answer of an operation, undefined when it has none. */
  answered(operationId: string): Answered | undefined;
  answerRecord(operationId: string, input: string, answer: unknown): Promise<void>;
  /** The highest epoch obeyed for a VM, -1 before the first. */
  epoch(vmId: string): number;
  /** Raises; on disk when it resolves. A lower one changes nothing. */
  epochRaise(vmId: string, epoch: number): Promise<void>;
  close(): Promise<void>;
}

/** The rules, with where lines go as a parameter. */
class JournalState {
  readonly answers = new Map<string, Answered>();
  readonly epochs = new Map<string, number>();

  apply(entry: Line): void {
    if (entry.kind === 'epoch') {
      this.epochs.delete(entry.vm);
      this.epochs.set(entry.vm, entry.epoch);
      if (this.epochs.size > MAX_EPOCHS) this.#dropOldest(this.epochs);
      return;
    }
    this.answers.set(entry.id, { input: entry.input, at: entry.at, answer: entry.answer });
    this.expire(entry.at);
  }

  expire(now: number): void {
    for (const [id, { at }] of this.answers) {
      if (at > now - KEEP_MS && this.answers.size <= MAX_ANSWERS) break;
      this.answers.delete(id);
    }
  }

  #dropOldest(map: Map<string, unknown>): void {
    const first = map.keys().next();
    if (!first.done) map.delete(first.value);
  }
}

/** A journal that forgets with the process, for simulated hosts and tests. */
export function journalInMemory(now: () => number = Date.now): Journal {
  const state = new JournalState();
  return {
    answered: (id) => state.answers.get(id),
    answerRecord: (id, input, answer) => {
      state.apply({ kind: 'answer', id, input, at: now(), answer });
      return Promise.resolve();
    },
    epoch: (vm) => state.epochs.get(vm) ?? -1,
    epochRaise: (vm, epoch) => {
      if (epoch > (state.epochs.get(vm) ?? -1)) state.apply({ kind: 'epoch', vm, epoch });
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

function lineParse(text: string): Line | null {
  try {
    const parsed = line.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // The last line of a process that died while writing.
    return null;
  }
}

class FileJournal implements Journal {
  readonly #file: string;
  readonly #now: () => number;
  readonly #state: JournalState;
  #handle: FileHandle;
  #lines = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, now: () => number, handle: FileHandle, state: JournalState) {
    this.#file = file;
    this.#now = now;
    this.#handle = handle;
    this.#state = state;
  }

  static async open(file: string, now: () => number): Promise<FileJournal> {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const state = new JournalState();
    if (existsSync(file)) {
      for (const text of readFileSync(file, 'utf8').split('\n')) {
        const entry = text === '' ? null : lineParse(text);
        if (entry) state.apply(entry);
      }
      state.expire(now());
    }
    FileJournal.#rewrite(file, state);
    return new FileJournal(file, now, await open(file, 'a', 0o600), state);
  }

  static #rewrite(file: string, state: JournalState): void {
    const lines: Line[] = [];
    for (const [vm, epoch] of state.epochs) lines.push({ kind: 'epoch', vm, epoch });
    for (const [id, kept] of state.answers) lines.push({ kind: 'answer', id, ...kept });
    const next = `${file}.next`;
    const fd = openSync(next, 'w', 0o600);
    writeFileSync(fd, lines.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { flush: true });
    closeSync(fd);
    renameSync(next, file);
  }

  answered(operationId: string): Answered | undefined {
    return this.#state.answers.get(operationId);
  }

  answerRecord(id: string, input: string, answer: unknown): Promise<void> {
    return this.#append({ kind: 'answer', id, input, at: this.#now(), answer }, false);
  }

  epoch(vmId: string): number {
    return this.#state.epochs.get(vmId) ?? -1;
  }

  async epochRaise(vm: string, epoch: number): Promise<void> {
    if (epoch > this.epoch(vm)) await this.#append({ kind: 'epoch', vm, epoch }, true);
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#handle.close();
  }

  /** @param sync an epoch must outlive a power cut, an answer only this process. */
  #append(entry: Line, sync: boolean): Promise<void> {
    this.#state.apply(entry);
    const write = this.#writing
      .catch(() => {})
      .then(async () => {
        await this.#handle.appendFile(`${JSON.stringify(entry)}\n`);
        if (sync) await this.#handle.datasync();
        if (++this.#lines >= LINES_BEFORE_REWRITE) await this.#compact();
      });
    this.#writing = write;
    return write;
  }

  async #compact(): Promise<void> {
    this.#lines = 0;
    await this.#handle.close();
    FileJournal.#rewrite(this.#file, this.#state);
    this.#handle = await open(this.#file, 'a', 0o600);
  }
}

/** The journal in `file`, made at first use (0600). */
export const journalOpen = (file: string, now: () => number = Date.now): Promise<Journal> =>
  FileJournal.open(file, now);
