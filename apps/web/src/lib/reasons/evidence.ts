/** The evidence of a reason as a page shows it: figures as text, what has a page as a link. Pure. */
import type { ReasonView } from '@vaquita/client';

export interface EvidencePart {
  readonly text: string;
  readonly link?: { readonly to: 'run' | 'group'; readonly id: string };
}

export interface EvidenceLine {
  readonly key: string;
  readonly parts: readonly EvidencePart[];
}

/** Names of runs stand beside their ids, under a key of their own. */
const RUNS: Readonly<Record<string, string | null>> = {
  holder: 'holderNumber',
  holders: 'holderNumbers',
  newer: 'newerNumber',
  child: null,
};
const ID = /^[0-9a-z]{26}$/;

export function evidenceLines(evidence: ReasonView['evidence']): readonly EvidenceLine[] {
  const names = new Set(Object.keys(evidence).flatMap((key) => RUNS[key] ?? []));
  return Object.entries(evidence)
    .filter(([key]) => !names.has(key))
    .map(([key, value]) => ({ key, parts: partsOf(key, String(value), evidence) }));
}

function partsOf(key: string, value: string, evidence: ReasonView['evidence']): readonly EvidencePart[] {
  if (key === 'taskGroup') return [{ text: value, link: { to: 'group', id: value } }];
  const nameKey = RUNS[key];
  const ids = value.split(', ');
  if (nameKey === undefined || !ids.every((id) => ID.test(id))) return [{ text: value }];
  const names = nameKey === null ? [] : String(evidence[nameKey] ?? '').split(', ');
  return ids.map((id, index) => ({ text: names[index] || id, link: { to: 'run', id } }));
}
