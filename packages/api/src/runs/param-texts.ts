/** Parameters travel as texts; numbers, booleans, lists and objects are written as JSON. */
import type { Problem } from '@vaquita/core';

export function paramTexts(
  given: Readonly<Record<string, unknown>>,
  { path, problems }: { readonly path: string; readonly problems: Problem[] },
): Readonly<Record<string, string>> {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === null) {
      const message = 'null is no value; leave it out, or give an empty text';
      problems.push({ path: `${path}.${name}`, message });
    } else texts.push([name, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
  return Object.fromEntries(texts);
}
