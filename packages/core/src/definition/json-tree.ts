/** Guards against input that is not plain, bounded JSON, before anything walks it by recursion. */
import type { Problem } from '../errors/app-error.ts';
import { joinPath } from './shape-problems.ts';

const MAX_DEPTH = 32;
const MAX_NODES = 2_000_000;

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every place that JSON could not hold; stops at the first that makes going on pointless. */
export function findTreeProblems(root: unknown): Problem[] {
  const problems: Problem[] = [];
  const waiting: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }];
  let nodes = 0;
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const { value, path, depth } = item;
    nodes += 1;
    if (nodes > MAX_NODES)
      return [{ path: '', message: `The definition holds more than ${MAX_NODES} values. Split it.` }];
    if (depth > MAX_DEPTH) return [{ path, message: `Nested more than ${MAX_DEPTH} levels deep.` }];
    if (Array.isArray(value) || isRecord(value)) {
      // Last first, so that the stack gives them back in order.
      for (const [key, entry] of Object.entries(value).reverse()) {
        const at = Array.isArray(value) ? `${path}[${key}]` : joinPath(path, [key]);
        if (key === '__proto__') problems.push({ path: at, message: 'This key is not allowed.' });
        if (entry !== undefined || Array.isArray(value)) waiting.push({ value: entry, path: at, depth: depth + 1 });
      }
    } else {
      const wrong = scalarProblem(value);
      if (wrong !== undefined) problems.push({ path, message: wrong });
    }
  }
  return problems;
}

function scalarProblem(value: unknown): string | undefined {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string')
    return value.isWellFormed() ? undefined : 'Holds half a character. Save the text as UTF-8.';
  if (typeof value !== 'number') return `Must be text, a number, true, false, a list or a map.`;
  if (!Number.isFinite(value)) return 'Must be a finite number.';
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return 'This number is too large to be kept exactly. Put it in quotes.';
  return undefined;
}
