/** Whether the tables of the registry fit together, and if asked to, makes them fit. */
import type { Finding, FindingKind, RegistryInspection } from './inspection.ts';

export interface CheckReport {
  /** Nothing was wrong, or nothing is any more. */
  readonly ok: boolean;
  /** What was found. */
  readonly findings: readonly Finding[];
  /** What was put right. */
  readonly repaired: boolean;
}

/** For people: what each finding means, and what a repair does about it. */
export const FINDING_TEXTS: Readonly<Record<FindingKind, { readonly means: string; readonly repair: string }>> = {
  data_without_client: {
    means: 'ephemeral data whose client is not there',
    repair: 'they are removed, and subscribers are told',
  },
  lock_without_client: {
    means: 'locks held by a client that is not there',
    repair: 'they are released, and subscribers are told',
  },
  cursor_without_client: {
    means: 'cursors of a client that is not there: they keep events from being cleared away',
    repair: 'they are removed',
  },
  cursor_ahead: {
    means: 'cursors that stand beyond the newest event: their subscribers would miss what comes next',
    repair: 'they are set to the newest event',
  },
  event_gap: {
    means: 'events that are missing between others: whoever has not passed them cannot be told what happened',
    repair:
      'what is before the gap is removed; subscribers that stand there are told that they have missed events and read afresh',
  },
};

export async function checkRegistry(
  inspection: Pick<RegistryInspection, 'findings' | 'repair'>,
  { repair = false }: { readonly repair?: boolean } = {},
): Promise<CheckReport> {
  const findings = await inspection.findings();
  if (findings.length === 0) return { ok: true, findings, repaired: false };
  if (!repair) return { ok: false, findings, repaired: false };
  await inspection.repair();
  return { ok: (await inspection.findings()).length === 0, findings, repaired: true };
}
