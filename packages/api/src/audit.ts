/** The record of who changed what. Written after the change, under the name of the caller. */
import type { Caller } from './auth/caller.ts';
import type { ApiDeps } from './deps.ts';

export interface Change {
  /** `<thing>.<verb>`, such as `workflow.create`. */
  readonly action: string;
  /** What was changed, as a person would find it. */
  readonly subject: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export type Audit = (caller: Pick<Caller, 'name' | 'via' | 'tokenId'>, change: Change) => Promise<void>;

export function createAudit(deps: Pick<ApiDeps, 'store' | 'clock' | 'ids' | 'log'>): Audit {
  return async (caller, { action, subject, data }) => {
    const row = {
      id: deps.ids.next<'audit'>(),
      at: deps.clock.now(),
      actor: caller.name,
      action,
      subject,
      data: { ...data, via: caller.via, ...(caller.tokenId ? { tokenId: caller.tokenId } : {}) },
    };
    try {
      await deps.store.requests.audit(row);
    } catch (cause) {
      // The change stands. Failing the request now would make the caller repeat it; the line keeps the evidence.
      deps.log.error('the audit record could not be written', { ...row, cause });
    }
  };
}
