/** What people decide about a backfill while it works: pause, resume, cancel, retry, another parallelism. */
import {
  AppError,
  type BackfillRow,
  type BackfillState,
  type CommandId,
  type IdSource,
  type NewEvent,
} from '@vaquita/core';
import type { BackfillChange as Change, Page, ShownBackfillItem } from '@vaquita/store';
import { auditRow } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { toBackfillViews } from '../backfills/backfill-views.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { commandIdFor, fileCommands } from '../runs/file-command.ts';
import { RUN_ACTIONS, whyRunRefused } from '../runs/run-actions.ts';
import { BackfillCancel, BackfillChange, BackfillRetry, BackfillView } from '../views/backfill.ts';
import { requireBackfill } from './lookup.ts';

const TAG = 'Backfills';
const ITEM = '/api/v1/backfills/{backfill}' as const;
/** Others may change it between the look and the change. */
const TRIES = 5;

type Kind = Change['kind'];

/** In which states it can be asked for, and what is said otherwise. */
const POSSIBLE: Readonly<Record<Kind, { readonly in: readonly BackfillState[]; readonly else: string }>> = {
  pause: { in: ['running'], else: 'only one that is running can be paused' },
  resume: { in: ['paused'], else: 'only one that is paused can go on' },
  cancel: { in: ['running', 'paused'], else: 'it has ended' },
  retry: { in: ['running', 'paused', 'done'], else: 'what was cancelled is not tried again; start another backfill' },
  edit: { in: ['running', 'paused', 'done', 'cancelled'], else: '' },
};

export interface BackfillNews {
  readonly change: string;
  readonly by: string;
  readonly at: number;
}

export function backfillEvent({ id, projectId }: Pick<BackfillRow, 'id' | 'projectId'>, news: BackfillNews): NewEvent {
  const { at, ...said } = news;
  const ofNothing = { workflowInstanceId: null, taskInstanceId: null };
  return { type: 'backfill.changed', projectId, ...ofNothing, at, data: { backfillId: id, ...said } };
}

export function backfillActionEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store, clock } = deps;

  /** @throws AppError `conflict`: it is in a state that forbids this, or others change it all the time. */
  async function change(id: string, asked: Change, { caller, data = {} }: Asking): Promise<BackfillRow> {
    for (let tries = 1; ; tries++) {
      const row = await requireBackfill(store, id);
      await check(row, asked);
      const told = {
        event: backfillEvent(row, { change: asked.kind, by: caller.name, at: clock.now() }),
        audit: auditRow(deps, caller, {
          action: `backfill.${asked.kind}`,
          // Its name may be that of many: the id finds all that was done with it.
          subject: row.id,
          data: {
            workflow: row.members[0]?.workflowName,
            description: row.description,
            stateBefore: row.state,
            ...data,
          },
        }),
      };
      try {
        await store.backfills.change(row, asked, told);
        deps.changes.announce();
        return row;
      } catch (error) {
        const now = await requireBackfill(store, id);
        if (now.revision === row.revision || tries === TRIES) throw error;
      }
    }
  }

  async function check(row: BackfillRow, { kind }: Change): Promise<void> {
    const possible = POSSIBLE[kind];
    if (!possible.in.includes(row.state)) {
      throw new AppError('conflict', `The backfill is ${row.state}: ${possible.else}.`);
    }
    if (kind !== 'retry') return;
    const { failure, blocked } = (await store.backfills.counts([row.id])).get(row.id)!;
    if (failure + blocked === 0) throw new AppError('conflict', 'Nothing of the backfill has failed or is blocked.');
  }

  async function viewOf(id: string) {
    const [view] = await toBackfillViews(deps, [await requireBackfill(store, id)]);
    return view!;
  }

  /** Nothing new is started any more, so what runs now is all there is. */
  async function stopRuns(
    row: BackfillRow,
    { caller, ids }: { readonly caller: Caller; readonly ids: IdSource },
  ): Promise<void> {
    const request = ids.next<'command'>() as CommandId;
    const items: ShownBackfillItem[] = [];
    for (let cursor: string | null = null, isEnd = false; !isEnd; isEnd = cursor === null) {
      const page: Page<ShownBackfillItem> = await store.backfills.items(
        row.id,
        { state: 'running' },
        { limit: 500, cursor },
      );
      items.push(...page.items);
      cursor = page.next;
    }
    const runs = await Promise.all(items.map(({ run }) => (run === null ? undefined : store.instances.find(run.id))));
    const stoppable = runs.filter((run) => run !== undefined && whyRunRefused(run, RUN_ACTIONS.stop) === undefined);
    const orders = stoppable.map(async (instance) => {
      return {
        id: await commandIdFor(request, instance!.id),
        kind: 'stop' as const,
        instance: instance!,
        by: caller.name,
      };
    });
    await fileCommands(deps, await Promise.all(orders));
  }

  const plain = (kind: 'pause' | 'resume', summary: string, description: string) =>
    endpoint({
      method: 'post',
      path: `${ITEM}/${kind}`,
      tag: TAG,
      access: 'operate',
      ...{ summary, description },
      errors: ['conflict'],
      status: 200,
      answer: BackfillView,
      async handle({ params, caller }) {
        await change(params.backfill, { kind }, { caller });
        return viewOf(params.backfill);
      },
    });

  return [
    plain('pause', 'Pause a backfill', 'What runs goes on to its end; nothing new is started.'),
    plain('resume', 'Have a paused backfill go on', 'It goes on where it was.'),
    endpoint({
      method: 'post',
      path: `${ITEM}/retry`,
      tag: TAG,
      access: 'operate',
      summary: 'Try again what has failed',
      description:
        'Items that failed wait again, all or the chosen ones, and so do those that were blocked by them. What somebody has recovered meanwhile is left alone; ' +
        'where an item that is chosen has not failed, nothing is done.',
      body: BackfillRetry,
      errors: ['conflict'],
      status: 200,
      answer: BackfillView,
      async handle({ params, body: { items }, caller }) {
        const positions = items && [...new Set(items)];
        const data = positions === undefined ? {} : { items: positions };
        await change(params.backfill, { kind: 'retry', ...(positions && { positions }) }, { caller, data });
        return viewOf(params.backfill);
      },
    }),
    endpoint({
      method: 'post',
      path: `${ITEM}/cancel`,
      tag: TAG,
      access: 'operate',
      summary: 'Cancel a backfill',
      description:
        'What waits is not run any more. What runs goes on to its end, or is stopped with `stopRuns`; that can be asked for later too.',
      body: BackfillCancel,
      errors: ['conflict'],
      status: 200,
      answer: BackfillView,
      async handle({ params, body, caller, ids }) {
        const row = await requireBackfill(store, params.backfill);
        const isStopOnly = row.state === 'cancelled' && body.stopRuns;
        if (!isStopOnly) await change(row.id, { kind: 'cancel' }, { caller, data: body });
        if (body.stopRuns) await stopRuns(row, { caller, ids });
        return viewOf(row.id);
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'operate',
      summary: 'Change the parallelism or the description of a backfill',
      description: 'A smaller parallelism stops nothing: it is reached as runs end.',
      body: BackfillChange,
      errors: ['conflict'],
      status: 200,
      answer: BackfillView,
      async handle({ params, body, caller }) {
        const { parallelism, description } = body;
        const edit = {
          ...(parallelism === undefined ? {} : { parallelism }),
          ...(description === undefined ? {} : { description }),
        };
        await change(params.backfill, { kind: 'edit', ...edit }, { caller, data: edit });
        return viewOf(params.backfill);
      },
    }),
  ];
}

interface Asking {
  readonly caller: Caller;
  readonly data?: Readonly<Record<string, unknown>>;
}
