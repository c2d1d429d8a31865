/**
 * Views of the list of runs: filters under a name. Those of the system are the same for everybody; one's own are kept in
 * this browser, and given to others as a link.
 */
import type { RunsQuery } from '#lib/routes/route-for.ts';

export const SYSTEM_VIEWS = {
  running: { state: 'active' },
  failed: { state: 'failed', within: '24h' },
  waiting: { state: 'submitted,serial_wait' },
  paused: { state: 'paused' },
  backfills: { origin: 'backfill' },
} as const satisfies Readonly<Record<string, RunsQuery>>;
export type SystemView = keyof typeof SYSTEM_VIEWS;

export interface OwnView {
  readonly name: string;
  readonly query: RunsQuery;
}

const KEY = 'vaquita.runs.views';
const MOST = 50;
const WORDS = ['state', 'project', 'workflow', 'origin', 'within', 'from', 'to', 'number'] as const;

/** Only what a view can hold, so that text of another version or hand does no harm. */
function asView(value: unknown): OwnView | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, query } = value as { name?: unknown; query?: Record<string, unknown> };
  if (typeof name !== 'string' || name === '' || typeof query !== 'object' || query === null) return undefined;
  const words = WORDS.flatMap((word) => (typeof query[word] === 'string' ? [[word, query[word]] as const] : []));
  return { name, query: Object.fromEntries(words) };
}

export function readViews(storage: () => Pick<Storage, 'getItem'>): readonly OwnView[] {
  try {
    const list: unknown = JSON.parse(storage().getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list.flatMap((one) => asView(one) ?? []).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** One of the same name is replaced; the newest is the first. */
export function withView(views: readonly OwnView[], view: OwnView): readonly OwnView[] {
  return [view, ...views.filter(({ name }) => name !== view.name)].slice(0, MOST);
}

/** False when the browser keeps nothing. */
export function keepViews(storage: () => Pick<Storage, 'setItem'>, views: readonly OwnView[]): boolean {
  try {
    storage().setItem(KEY, JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}

export function isSameQuery(a: RunsQuery, b: RunsQuery): boolean {
  return WORDS.every((word) => (a[word] ?? '') === (b[word] ?? ''));
}
