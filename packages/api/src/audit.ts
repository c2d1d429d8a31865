/** The record of who changed what. Written after the change, under the name of the caller. */
import type { AuditRow } from '@vaquita/store';
import type { Caller } from './auth/caller.ts';
import type { ApiDeps } from './deps.ts';

export interface Change {
  /** `<thing>.<verb>`, such as `workflow.create`. */
  readonly action: string;
  /** What was changed, as a person would find it. */
  readonly subject: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

type Actor = Pick<Caller, 'name' | 'via' | 'tokenId'>;

export type Audit = (caller: Actor, change: Change) => Promise<void>;

/** The row of a change, for those who can write it in the unit of the change itself. */
export function auditRow(
  { clock, ids }: Pick<ApiDeps, 'clock' | 'ids'>,
  caller: Actor,
  { action, subject, data }: Change,
): AuditRow {
  return {
    id: ids.next<'audit'>(),
    at: clock.now(),
    actor: caller.name,
    action,
    subject,
    data: { ...data, via: caller.via, ...(caller.tokenId ? { tokenId: caller.tokenId } : {}) },
  };
}

export function createAudit(deps: Pick<ApiDeps, 'store' | 'clock' | 'ids' | 'log'>): Audit {
  return async (caller, change) => {
    const row = auditRow(deps, caller, change);
    try {
      await deps.store.requests.audit(row);
    } catch (cause) {
      // The change stands. Failing the request now would make the caller repeat it; the line keeps the evidence.
      deps.log.error('the audit record could not be written', { ...row, cause });
    }
  };
}
