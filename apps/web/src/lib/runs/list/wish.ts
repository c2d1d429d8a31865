/**
 * What of the runs is asked for, between the address of the list and the API. What an address says and nobody knows is
 * told, never left out in silence. Pure.
 */
import type { InstanceQuery, WorkflowState } from '@vaquita/client';
import type { RunsQuery } from '#lib/routes/route-for.ts';
import { RUN_FILTERS } from '#lib/state/families.ts';
import { instantOf } from '#lib/time/zoned.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far back is looked, as it is written in an address. */
export const SPANS = { '1h': HOUR_MS, '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS } as const;
export type Span = keyof typeof SPANS;
export const ORIGIN_KINDS = ['schedule', 'backfill', 'trigger'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];
export const RUN_STATES = Object.values(RUN_FILTERS).flat() as WorkflowState[];

export type RunFamily = keyof typeof RUN_FILTERS;
export const RUN_FAMILIES = Object.keys(RUN_FILTERS) as RunFamily[];

/** A word of the address that says nothing: of which filter, and the word. */
export interface Unknown {
  readonly name: keyof RunsQuery;
  readonly word: string;
}

export interface Wish {
  /** As it stands in the address, without what is not known. */
  readonly query: RunsQuery;
  /** Families and states, in the order of the address. */
  readonly states: readonly string[];
  readonly unknown: readonly Unknown[];
  /** Only unknown states were named: no run can match. */
  readonly nothing: boolean;
}

function isSpan(text: string | undefined): text is Span {
  return text !== undefined && Object.hasOwn(SPANS, text);
}

export function isOriginKind(text: string | undefined): text is OriginKind {
  return ORIGIN_KINDS.some((kind) => kind === text);
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
const isNumber = (text: string) => /^[1-9]\d{0,8}$/.test(text);
const isState = (word: string) => Object.hasOwn(RUN_FILTERS, word) || RUN_STATES.some((state) => state === word);

export function readWish(params: Pick<URLSearchParams, 'get'>): Wish {
  const unknown: Unknown[] = [];
  const take = (name: keyof RunsQuery, isKnown: (text: string) => boolean = () => true): string | undefined => {
    const word = params.get(name) ?? '';
    if (word === '') return undefined;
    if (isKnown(word)) return word;
    unknown.push({ name, word });
    return undefined;
  };
  const words = (params.get('state') ?? '').split(',').filter((word) => word !== '');
  for (const word of words) if (!isState(word)) unknown.push({ name: 'state', word });
  const states = [...new Set(words.filter(isState))];
  const query: RunsQuery = {
    state: states.length === 0 ? undefined : states.join(','),
    project: take('project'),
    workflow: take('workflow'),
    origin: take('origin'),
    within: take('within', isSpan),
    from: take('from', isDay),
    to: take('to', isDay),
    number: take('number', isNumber),
  };
  return { query, states, unknown, nothing: words.length > 0 && states.length === 0 };
}

/** The address with one family or state more, or without it. */
export function toggledState(states: readonly string[], one: string): string | undefined {
  const next = states.includes(one) ? states.filter((state) => state !== one) : [...states, one];
  return next.length === 0 ? undefined : next.join(',');
}

/** Exact states of families and states. Undefined: any. */
function exactStates(states: readonly string[]): readonly WorkflowState[] | undefined {
  if (states.length === 0) return undefined;
  const exact = states.flatMap((word) => RUN_FILTERS[word as RunFamily] ?? [word]);
  return [...new Set(exact)] as WorkflowState[];
}

export type RunRequest = Omit<InstanceQuery, 'cursor' | 'limit' | 'parent'>;

/** As the API is asked. @param now epoch ms @param zone of the days */
export function requestOf({ query, states }: Wish, now: number, zone: string): RunRequest {
  const { project, workflow, origin, within, from, to, number } = query;
  const since = isSpan(within) ? now - SPANS[within] : from && instantOf(`${from}T00:00`, zone);
  const until = to && instantOf(`${dayAfter(to)}T00:00`, zone);
  return {
    project,
    workflow,
    state: exactStates(states),
    ...(isOriginKind(origin) ? { originKind: origin } : { origin }),
    since: typeof since === 'number' ? new Date(since).toISOString() : undefined,
    until: typeof until === 'number' ? new Date(until).toISOString() : undefined,
    number: number === undefined ? undefined : Number(number),
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

export type Found =
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'number'; readonly query: RunsQuery }
  /** A number says nothing without its workflow. */
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'unclear' };

/** What somebody looks for: the id of a run, `#12` of the chosen workflow, `orders#12`, `etl/orders#12`. */
export function readSearch(text: string, { project, workflow }: RunsQuery): Found {
  const word = text.trim();
  if (/^[0-9a-hjkmnp-tv-z]{26}$/i.test(word)) return { kind: 'run', id: word.toLowerCase() };
  const match = /^(?:(?:([^/#]+)\/)?([^/#]+)#|#)?([1-9]\d{0,8})$/.exec(word);
  if (match === null) return { kind: 'unclear' };
  const [, inProject = project, ofWorkflow = workflow, number] = match;
  if (inProject === undefined || ofWorkflow === undefined) return { kind: 'nowhere' };
  return { kind: 'number', query: { project: inProject, workflow: ofWorkflow, number } };
}
