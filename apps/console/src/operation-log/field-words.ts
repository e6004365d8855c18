/** The changed values of an entry by words; a field that has none, from a newer region for example, keeps its raw name. */

/** Modules in which a name means something else than elsewhere. */
const ownWords: readonly string[] = ['mail', 'operationLog', 'loginPolicy'];

/** Names of the words that may stand for a field, the closest first: `mail` `host` → `mail_host`, `host`. */
export function fieldKeys(module: string, field: string): string[] {
  const key = field.replaceAll('.', '_');
  return ownWords.includes(module) ? [`${module}_${key}`, key] : [key];
}

/**
 * A field in words. What no word knows as a whole is said part by part: `permissions.added`, `skipped.region-1`.
 * @param word the word of a key, or undefined
 */
export function fieldWord(
  module: string,
  field: string,
  word: (key: string) => string | undefined,
): { text: string; known: boolean } {
  const find = (path: string) =>
    fieldKeys(module, path)
      .map(word)
      .find((text) => text !== undefined);
  const whole = find(field);
  if (whole !== undefined) return { text: whole, known: true };
  const parts = field.split('.');
  const [head = '', ...rest] = parts;
  const first = find(head);
  if (first === undefined || rest.length === 0) return { text: field, known: false };
  return { text: [first, ...rest.map((part) => find(part) ?? part)].join(' · '), known: true };
}
