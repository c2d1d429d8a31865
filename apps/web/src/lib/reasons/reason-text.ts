/** Reasons in the reader's language: by their code, and in the words of the server where a language has none. */
import type { ReasonCode, ReasonView } from '@vaquita/client';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

type Told = Pick<ReasonView, 'code' | 'text' | 'evidence'>;

/** A code that a newer server knows and this page does not is told as the server tells it. */
export function reasonText({ code, text, evidence }: Told): string {
  const words = i18n.m.late?.reasons.text[code as ReasonCode];
  return typeof words === 'function' ? words(evidence, text) : (words ?? text);
}

export function nextText({ code, next }: Pick<ReasonView, 'code' | 'next'>): string | null {
  if (next === null) return null;
  const words = i18n.m.late?.reasons.next[code as ReasonCode];
  return typeof words === 'function' ? words(next) : (words ?? next);
}
