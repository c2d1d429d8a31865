/** Whether a text in the search is the id of a run. Pure. */

/** Ids of the server: 26 characters of Crockford's base 32, in small letters. */
const ID = /^[0-9a-hjkmnp-tv-z]{26}$/i;

/** @param text as it was typed or pasted: an address that ends in an id counts as that id */
export function runAsked(text: string): string | undefined {
  const last =
    text
      .trim()
      .replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? '';
  return ID.test(last) ? last.toLowerCase() : undefined;
}
