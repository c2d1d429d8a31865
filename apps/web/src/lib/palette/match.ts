/** How well a text answers what was typed: letters in order, better when together and at the start of a word. */
export function score(text: string, query: string): number {
  if (query === '') return 1;
  const haystack = text.toLowerCase();
  const needle = query.toLowerCase();
  const whole = haystack.indexOf(needle);
  if (whole !== -1) return 1000 - whole * 2 - haystack.length * 0.1 + (isWordStart(haystack, whole) ? 200 : 0);
  let total = 0;
  let from = 0;
  let last = -2;
  for (const letter of needle) {
    if (letter === ' ') continue;
    const at = haystack.indexOf(letter, from);
    if (at === -1) return 0;
    total += at === last + 1 ? 6 : isWordStart(haystack, at) ? 4 : 1;
    last = at;
    from = at + 1;
  }
  return total;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!);
}

/** The best answers first; the given order decides between equals. */
export function rank<Item>(
  items: readonly Item[],
  query: string,
  textOf: (item: Item) => string,
  limit: number,
): Item[] {
  return items
    .map((item, at) => ({ item, at, score: score(textOf(item), query) }))
    .filter((scored) => scored.score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, limit)
    .map((scored) => scored.item);
}
