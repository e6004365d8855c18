/**
 * What a simulator remembers over its own end, in many small files: a region of 100 000 VMs is some 200 MB of definitions,
 * of which one action changes a few hundred bytes. Only what has changed is written, a bounded number of files at a time,
 * each by an atomic rename, so that a kill in between leaves every file whole.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const AFTER_MS = 500;
const AT_ONCE = 32;
const mode = 0o600;

export class SimState {
  readonly #directory: string | null;
  /** Files that are to be written, with what makes their content when it is their turn. */
  readonly #dirty = new Map<string, () => unknown>();
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param directory null = everything is forgotten with the process. */
  constructor(directory: string | null) {
    this.#directory = directory;
    if (directory !== null) mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Content of a file of an earlier run: its shape is its writer's. Null when there is none. */
  read(file: string): unknown {
    const path = this.#directory === null ? null : join(this.#directory, file);
    return path !== null && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  }

  /** The file is written soon, with the content it has then. */
  changed(file: string, content: () => unknown): void {
    if (this.#directory === null) return;
    this.#dirty.set(file, content);
    if (this.#timer !== undefined || this.#writing) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writeAll().finally(() => (this.#writing = null));
    }, AFTER_MS).unref();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    for (const file of this.#dirty.keys()) {
      const { path, text } = this.#take(file);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.next`, text, { mode });
      renameSync(`${path}.next`, path);
    }
  }

  async #writeAll(): Promise<void> {
    while (this.#dirty.size > 0)
      await Promise.all([...this.#dirty.keys()].slice(0, AT_ONCE).map((f) => this.#write(f)));
  }

  async #write(file: string): Promise<void> {
    const { path, text } = this.#take(file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(`${path}.next`, text, { mode });
    await rename(`${path}.next`, path);
  }

  #take(file: string): { path: string; text: string } {
    const content = this.#dirty.get(file);
    this.#dirty.delete(file);
    return { path: join(this.#directory ?? '', file), text: JSON.stringify(content?.() ?? null) };
  }
}
