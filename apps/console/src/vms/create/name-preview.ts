/** Names of a batch as the platform gives them: `web` → `web-01`, `web-02` …, at least two digits, one VM keeps its name. */
export function batchNames(name: string, count: number, startIndex: number): { first: string; last: string } {
  if (count <= 1) return { first: name, last: name };
  const highest = startIndex + count - 1;
  const digits = Math.max(2, String(highest).length);
  const numbered = (index: number) => `${name}-${String(index).padStart(digits, '0')}`;
  return { first: numbered(startIndex), last: numbered(highest) };
}
