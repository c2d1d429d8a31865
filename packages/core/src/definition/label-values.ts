/** Labels of a document: values that YAML read as numbers or as true and false become text, as workers have it. */
import type { Problem } from '../errors/app-error.ts';
import { isRecord } from './json-tree.ts';

interface Place {
  /** Of the map of labels. */
  readonly path: string;
  readonly problems: Problem[];
}

/** `gpu: true` is written without quotes; a document keeps labels as text. */
export function labelValuesAsText(labels: unknown, { path, problems }: Place): unknown {
  if (!isRecord(labels)) return labels;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (typeof value === 'string') kept[name] = value;
    else if (typeof value === 'boolean' || Number.isSafeInteger(value)) kept[name] = String(value);
    else {
      const hint = value === null ? 'Give "" for an empty value.' : 'Put it in quotes.';
      problems.push({ path: `${path}.${name}`, message: `${JSON.stringify(value)} is not text. ${hint}` });
    }
  }
  return kept;
}
