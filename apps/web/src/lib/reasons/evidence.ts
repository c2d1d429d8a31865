/** The evidence of a reason as a page shows it: only what its sentence leaves out, times as times, what has a page as a link. Pure. */
import type { ReasonView } from '@vaquita/client';

export interface EvidencePart {
  readonly text: string;
  readonly link?: { readonly to: 'run' | 'group'; readonly id: string };
}

export interface EvidenceLine {
  readonly key: string;
  readonly parts: readonly EvidencePart[];
  /** It is a moment. */
  readonly at?: string;
}

/** Names of runs stand beside their ids, under a key of their own. */
const RUNS: Readonly<Record<string, string | null>> = {
  holder: 'holderNumber',
  holders: 'holderNumbers',
  newer: 'newerNumber',
  child: null,
};
const ID = /^[0-9a-z]{26}$/;
const MOMENTS: ReadonlySet<string> = new Set(['lastHeardAt', 'lastHeartbeatAt']);
/** Ids, where what they are of is told by its name. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  workerId: ['worker'],
  taskInstanceId: ['blockedBy', 'decidedBy', 'attempt'],
};
/** Figures that the sentence of the reason says itself. */
const SAID: ReadonlySet<string> = new Set(['exitCode', 'retry', 'of']);

/** @param said the sentences that stand beside it: nothing of them is repeated */
export function evidenceLines(evidence: ReasonView['evidence'], said: readonly string[] = []): readonly EvidenceLine[] {
  const names = new Set(Object.keys(evidence).flatMap((key) => RUNS[key] ?? []));
  const isNamed = (key: string) => (NAMED_BY[key] ?? []).some((name) => Object.hasOwn(evidence, name));
  return Object.entries(evidence)
    .filter(([key, value]) => value !== null && !names.has(key) && !isNamed(key) && !SAID.has(key))
    .map(([key, value]) => lineOf(key, String(value), evidence))
    .filter(({ parts, at }) => at !== undefined || !parts.every((part) => isSaid(part, said)));
}

function isSaid({ text, link }: EvidencePart, said: readonly string[]): boolean {
  return link === undefined && !/^\d+$/.test(text) && said.some((sentence) => sentence.includes(text));
}

function lineOf(key: string, value: string, evidence: ReasonView['evidence']): EvidenceLine {
  return { key, parts: partsOf(key, value, evidence), ...(MOMENTS.has(key) ? { at: value } : {}) };
}

function partsOf(key: string, value: string, evidence: ReasonView['evidence']): readonly EvidencePart[] {
  if (key === 'taskGroup') return [{ text: value, link: { to: 'group', id: value } }];
  const nameKey = RUNS[key];
  const ids = value.split(', ');
  if (nameKey === undefined || !ids.every((id) => ID.test(id))) return [{ text: value }];
  const names = nameKey === null ? [] : String(evidence[nameKey] ?? '').split(', ');
  return ids.map((id, index) => ({ text: names[index] || id, link: { to: 'run', id } }));
}
