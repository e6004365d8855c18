/** The same text for the same content, whatever order its fields come in; absent fields and undefined are the same. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof Date) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) text += `${i === 0 ? '' : ','}${canonicalJson(value[i])}`;
    return `[${text}]`;
  }
  // a log's chain is walked with this: no list is made but the names'
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fields).toSorted()) {
    const content = fields[name];
    if (content !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(content)}`;
  }
  return `{${text}}`;
}
