/**
 * Changes of a document, as plain values: what a change means. How it is written into a text is in surgery.ts. Pure.
 */
export type Path = readonly (string | number)[];

/** All paths of one list of changes are those of the document before any of them. */
export type Change =
  /** A value under a key, new or old, or an item of a list that is there. */
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  /** A key with its value, or an item of a list. */
  | { readonly kind: 'remove'; readonly path: Path }
  /** A new item before the one at `at`. A list that is missing is made. */
  | { readonly kind: 'insert'; readonly path: Path; readonly at: number; readonly value: unknown }
  | { readonly kind: 'move'; readonly path: Path; readonly from: number; readonly to: number };

export type Loose = Readonly<Record<string, unknown>>;

export const isLoose = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** A new document. What is in it is what a reader of the changed text must find. */
export function applyToValue(root: unknown, changes: readonly Change[]): unknown {
  const next: { root: unknown } = { root: copyOf(root) ?? {} };
  const sets = changes.filter(({ kind }) => kind === 'set');
  // From the end and from inside, so that no path is moved by what is done before it.
  const rest = changes.filter(({ kind }) => kind !== 'set').sort(lastFirst);
  for (const change of [...sets, ...rest]) applyOne(next, change);
  return next.root;
}

function applyOne(next: { root: unknown }, change: Change): void {
  const { path } = change;
  const parent = (path.length > 1 ? valueAt(next.root, path.slice(0, -1)) : next.root) as Record<string, unknown>;
  const key = path.at(-1) as string;
  if (typeof parent !== 'object' || parent === null) return;
  if (change.kind === 'set') parent[key] = copyOf(change.value);
  else if (change.kind === 'remove') {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  } else if (change.kind === 'insert') {
    const list = Array.isArray(parent[key]) ? (parent[key] as unknown[]) : [];
    list.splice(change.at, 0, copyOf(change.value));
    parent[key] = list;
  } else {
    const list = parent[key] as unknown[];
    list.splice(change.to, 0, ...list.splice(change.from, 1));
  }
}

/** What is one value under two aliases is two values here, so that a change of the one is not one of the other. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  return isLoose(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copyOf(one)])) : value;
}

const placeOf = (change: Change): Path => (change.kind === 'insert' ? [...change.path, change.at] : change.path);

function lastFirst(a: Change, b: Change): number {
  const [left, right] = [placeOf(a), placeOf(b)];
  if (left.length !== right.length) return right.length - left.length;
  return Number(right.at(-1)) - Number(left.at(-1)) || 0;
}

export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, index) => isSame(one, b[index]));
  if (!isLoose(a) || !isLoose(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** What makes the one value of the other with as little as can be, so that comments beside the rest stay. */
export function changesBetween(path: Path, before: unknown, after: unknown): readonly Change[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return [{ kind: 'remove', path }];
  if (isLoose(before) && isLoose(after) && Object.keys(before).length > 0 && Object.keys(after).length > 0) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const kept = keys.some((key) => before[key] !== undefined && after[key] !== undefined);
    if (kept) return keys.flatMap((key) => changesBetween([...path, key], before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) return changesOfList(path, before, after);
  return [{ kind: 'set', path, value: after }];
}

function changesOfList(path: Path, before: readonly unknown[], after: readonly unknown[]): readonly Change[] {
  if (before.length === after.length && before.length > 0)
    return before.flatMap((one, index) => changesBetween([...path, index], one, after[index]));
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && isSame(before[head], after[head])) head++;
  const rest = shorter - head;
  const tailIsSame = before.slice(before.length - rest).every((one, i) => isSame(one, after[after.length - rest + i]));
  if (tailIsSame && after.length === before.length + 1 && before.length > 0)
    return [{ kind: 'insert', path, at: head, value: after[head] }];
  if (tailIsSame && after.length === before.length - 1 && after.length > 0)
    return [{ kind: 'remove', path: [...path, head] }];
  return [{ kind: 'set', path, value: after }];
}
