/**
 * What a language needs to tell reasons. The server tells them in English, so English has no words of its own; another
 * language has some for every code: one without them does not compile.
 */
import type { Evidence, ReasonCode } from '@vaquita/client';

export interface ReasonWords {
  /** `said` is the sentence of the server, for what it holds beyond the evidence: names, and messages of tasks. */
  readonly text: Readonly<Record<ReasonCode, string | ((evidence: Evidence, said: string) => string)>>;
  /** What happens next, where the server says something about that; null for reasons after which nothing comes. */
  readonly next: Readonly<Record<ReasonCode, string | null | ((said: string) => string)>>;
}
