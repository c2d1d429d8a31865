/** j and k walk the rows of a list: the links marked `data-row`, in the order of the page. */
import type { Shortcut } from './keys.ts';

function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
  rows[next]?.focus();
  rows[next]?.scrollIntoView({ block: 'nearest' });
}

export function rowKeys(): readonly Shortcut[] {
  return [
    { keys: 'j', does: 'next', run: () => step(1) },
    { keys: 'k', does: 'previous', run: () => step(-1) },
  ];
}
