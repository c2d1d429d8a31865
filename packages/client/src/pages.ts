/** Walks a list page by page, so that a caller can treat it as one sequence. */

export interface PageLike<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Every item of a list, fetching the next page only when it is needed. */
export async function* eachItem<Item>(
  fetchPage: (cursor: string | undefined) => Promise<PageLike<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor);
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
