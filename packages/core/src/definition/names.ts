/** The rule for names that people give: of projects, workflows and tasks. They stand in addresses, logs and graphs. */
import { isId } from '../identity/ids.ts';

export const MAX_NAME_LENGTH = 200;

/** Not printable, or able to hide or turn around what is printed beside it. Joiners are part of some scripts. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;

/** What is wrong with a name, or undefined when nothing is. */
export function checkName(name: string): string | undefined {
  if (name === '') return 'A name must not be empty.';
  if (name.trim() !== name) return 'A name must not begin or end with a blank.';
  if (UNPRINTABLE.test(name)) return 'A name must not hold control or invisible characters.';
  if (name.includes('/')) return 'A name must not hold "/", because it stands in addresses.';
  if (name === '.' || name === '..') return `A name must not be "${name}", because it stands in addresses.`;
  if (Array.from(name).length > MAX_NAME_LENGTH) return `A name has at most ${MAX_NAME_LENGTH} characters.`;
  if (isId(name)) return 'A name must not look like an id (26 letters and digits).';
  return undefined;
}
