/**
 * What people decide about workers: drain, resume, evict, and other slots, labels, weight or log level. A decision is a
 * row, made if it still rests on what was seen; the leader carries it out.
 */
import { AppError, type EventType } from '@vaquita/core';
import type { WorkerRow, WorkerStanding } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { WorkerView } from '../views/worker.ts';
import { WorkerChange, WorkerVerbRequest } from '../views/worker-control.ts';
import { decideVerb, nextOverrides, WORKER_VERBS, type WorkerVerb } from '../workers/decisions.ts';
import { requireWorker } from '../workers/find-worker.ts';

const TAG = 'Workers';
const ITEM = '/api/v1/workers/{worker}';

const SUMMARY: Readonly<Record<WorkerVerb, string>> = {
  drain: 'Let a worker finish what it runs and take nothing new',
  resume: 'Let a worker take tasks again, or come back after it was evicted',
  evict: 'Send a worker away: its tasks are ended there and made anew elsewhere, and it may not come back',
};

/** Two people may decide at once; whoever comes second looks again. */
const TRIES = 5;

export function workerControlEndpoints(
  deps: ApiDeps,
  audit: Audit,
  view: (row: WorkerRow) => Promise<WorkerView>,
): readonly Endpoint[] {
  const { workers, clock } = deps;

  /**
   * @param next Undefined: nothing is to change.
   * @returns the worker as it is then, and as it was when that changed.
   */
  async function decide(
    idOrName: string,
    about: { readonly caller: Caller; readonly change: string },
    next: (row: WorkerRow) => WorkerStanding | undefined,
  ): Promise<{ readonly row: WorkerRow; readonly before: WorkerRow | undefined }> {
    for (let tries = 0; tries < TRIES; tries++) {
      const row = await requireWorker(workers, idOrName);
      const after = next(row);
      if (after === undefined) return { row, before: undefined };
      const event = changed(row, { by: about.caller.name, change: about.change, why: after.why, at: clock.now() });
      if (!(await workers.decide(row.id, { before: row.standing, after }, event))) continue;
      deps.workersChanged();
      deps.changes.announce();
      return { row: (await workers.get(row.id)) ?? row, before: row };
    }
    throw new AppError('conflict', 'Somebody else keeps deciding about this worker. Look at it again.');
  }

  const verbs = WORKER_VERBS.map((verb) =>
    endpoint({
      method: 'post',
      path: `${ITEM}/${verb}`,
      tag: TAG,
      access: 'admin',
      summary: SUMMARY[verb],
      description: 'By id or by name. What is so already stays as it is. The leader carries it out at once.',
      body: WorkerVerbRequest,
      errors: ['conflict'],
      status: 200,
      answer: WorkerView,
      async handle({ params, body, caller }) {
        const { row, before } = await decide(params.worker, { caller, change: verb }, (seen) => {
          const decision = decideVerb(verb, seen);
          if (decision.kind === 'refused') throw new AppError('conflict', decision.why);
          if (decision.kind === 'unchanged') return undefined;
          const overrides = seen.standing?.overrides ?? {};
          return { availability: decision.to, by: caller.name, at: clock.now(), why: body.reason, overrides };
        });
        if (before) {
          const data = { id: row.id, reason: body.reason, before: before.standing?.availability ?? 'available' };
          await audit(caller, { action: `worker.${verb}`, subject: row.name, data });
        }
        return view(row);
      },
    }),
  );

  return [
    ...verbs,
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Give a worker other slots, labels, weight or log level than it was started with',
      description:
        'By id or by name. Holds until it is changed again, over restarts of the worker and of the server. Fewer slots take ' +
        'nothing away: they are reached as tasks end.',
      body: WorkerChange,
      errors: ['conflict'],
      status: 200,
      answer: WorkerView,
      async handle({ params, body, caller }) {
        const { row, before } = await decide(params.worker, { caller, change: 'configure' }, (seen) => {
          const nothing = {
            availability: 'available',
            by: caller.name,
            at: clock.now(),
            why: '',
            overrides: {},
          } as const;
          const standing = seen.standing ?? nothing;
          const overrides = nextOverrides(standing.overrides, body);
          const isSame = JSON.stringify(overrides) === JSON.stringify(standing.overrides);
          return isSame ? undefined : { ...standing, overrides };
        });
        if (before) {
          const data = { id: row.id, ...body, before: before.standing?.overrides ?? {} };
          await audit(caller, { action: 'worker.update', subject: row.name, data });
        }
        return view(row);
      },
    }),
  ];
}

function changed(
  { id, name }: WorkerRow,
  { at, ...what }: { readonly by: string; readonly change: string; readonly why: string; readonly at: number },
) {
  const none = { projectId: null, workflowInstanceId: null, taskInstanceId: null };
  const type: EventType = 'worker.changed';
  return { type, ...none, at, data: { workerId: id, worker: name, ...what } };
}
