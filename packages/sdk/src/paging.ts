/** Lists from the first row to the last, a page at a time. */
interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Every page of a list call: `pages(client.vm.list, { region })`. */
export async function* pages<I extends object, P extends Page<unknown>>(
  list: (input: I & { cursor?: string }) => Promise<P>,
  input: I,
): AsyncGenerator<P, void, undefined> {
  let cursor: string | null = null;
  do {
    const page: P = await list(cursor === null ? input : { ...input, cursor });
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Every row of a list call: `for await (const vm of rows(client.vm.list, { region }))`. */
export async function* rows<I extends object, T>(
  list: (input: I & { cursor?: string }) => Promise<Page<T>>,
  input: I,
): AsyncGenerator<T, void, undefined> {
  for await (const page of pages(list, input)) yield* page.items;
}
