/** All kinds of task this process can run. */
import type { TaskDefinition } from './task-define.ts';

export interface TaskRegistry {
  /** @throws Error for a kind nobody defined: a task of a newer version, or a typing mistake. */
  get(kind: string): TaskDefinition<unknown>;
  readonly kinds: readonly string[];
}

export function taskRegistry(definitions: readonly TaskDefinition<unknown>[]): TaskRegistry {
  const byKind = new Map(definitions.map((d) => [d.kind, d]));
  if (byKind.size !== definitions.length) throw new Error('two tasks share a kind');
  return {
    kinds: [...byKind.keys()],
    get(kind) {
      const found = byKind.get(kind);
      if (!found) throw new Error(`no task of kind ${kind}`);
      return found;
    },
  };
}
