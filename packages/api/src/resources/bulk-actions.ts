/**
 * POST /workflow-instances/actions: one action for many runs, named one by one or by a filter. Every run is judged by
 * itself and answered by itself: what one refuses does not hold up the others.
 */
import { AppError, type CommandId, type Problem, type WorkflowInstanceRow } from '@vaquita/core';
import type * as z from 'zod';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { createDeletedWorkflowCheck, type DeletedWorkflowCheck } from '../runs/deleted-workflow.ts';
import { commandIdFor, fileCommands, type Order, wasFiled } from '../runs/file-command.ts';
import { RUN_ACTIONS, type RunAction, runSubject, statesFor, whyRunRefused } from '../runs/run-actions.ts';
import { BulkAnswer, type BulkItem, BulkRequest, MAX_BULK } from '../views/action.ts';
import { instanceFilter } from './instance-filter.ts';

type Bulk = z.output<typeof BulkRequest>;

/** A run that was named or matched; undefined where there is none with the id. */
interface Candidate {
  readonly id: string;
  readonly instance: WorkflowInstanceRow | undefined;
}

interface Asked {
  readonly request: CommandId;
  readonly body: Bulk;
  readonly caller: Caller;
  readonly whyGone: DeletedWorkflowCheck;
}

interface Judged {
  readonly item: BulkItem;
  readonly order: Order | undefined;
}

export function bulkActionEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store } = deps;

  async function candidates(
    body: Bulk,
  ): Promise<{ readonly found: readonly Candidate[]; readonly next: string | null }> {
    if (body.ids !== undefined) {
      const ids = [...new Set(body.ids)];
      const found = await Promise.all(ids.map(async (id) => ({ id, instance: await store.instances.find(id) })));
      return { found, next: null };
    }
    const action = RUN_ACTIONS[body.action];
    const states = body.filter?.states ?? statesFor(action);
    const filter = await instanceFilter(store, { ...body.filter, states });
    const page = await store.instances.list(filter, { limit: MAX_BULK, cursor: body.cursor ?? null });
    // Without states the filter means those that can do it, not every run that ever was.
    const isMeant = (run: WorkflowInstanceRow) => body.filter?.states !== undefined || !whyRunRefused(run, action);
    const found = page.items.filter(isMeant).map((instance) => ({ id: instance.id, instance }));
    return { found, next: page.next };
  }

  async function judge({ id, instance }: Candidate, asked: Asked): Promise<Judged> {
    const { request, body, caller, whyGone } = asked;
    const action: RunAction = RUN_ACTIONS[body.action];
    if (!instance) {
      const reason = 'There is no workflow instance with this id.';
      const nothing = { workflowName: null, number: null, state: null, operationId: null };
      return { item: { id, status: 'not_found', reason, ...nothing }, order: undefined };
    }
    const { workflowName, number, state } = instance;
    const commandId = await commandIdFor(request, instance.id);
    const refusal = whyRunRefused(instance, action) ?? (await whyGone(instance, action.kind));
    if (refusal !== undefined && !(await wasFiled(deps, commandId))) {
      return {
        item: { id, status: 'refused', workflowName, number, state, reason: refusal, operationId: null },
        order: undefined,
      };
    }
    const operationId = body.dryRun === true ? null : commandId;
    return {
      item: { id, status: 'accepted', workflowName, number, state, reason: null, operationId },
      order: { id: commandId, kind: action.kind, instance, by: caller.name },
    };
  }

  return [
    endpoint({
      method: 'post',
      path: '/api/v1/workflow-instances/actions',
      tag: 'Runs',
      access: 'operate',
      summary: 'Ask the same of many runs',
      description:
        `Name the runs by \`ids\` or by a \`filter\`, at most ${MAX_BULK} in a call; a filter that matches more answers a ` +
        '`nextCursor` to go on with. With `dryRun` nothing is asked for, and the answer says what would be. Every run is ' +
        'answered by itself; each that is accepted is an operation of its own and a line of its own in the audit log.',
      body: BulkRequest,
      status: 200,
      answer: BulkAnswer,
      async handle({ body, caller, ids }) {
        checkBulk(body);
        const request = ids.next<'command'>();
        const asked = { request, body, caller, whyGone: createDeletedWorkflowCheck(store) };
        const { found, next } = await candidates(body);
        const judged = await Promise.all(found.map((one) => judge(one, asked)));
        const dryRun = body.dryRun === true;
        if (!dryRun)
          await carryOut(
            judged.flatMap(({ order }) => order ?? []),
            body,
            caller,
          );
        const items = judged.map(({ item }) => item);
        return { action: body.action, dryRun, items, nextCursor: next, detail: detailOf(body, items, next !== null) };
      },
    }),
  ];

  async function carryOut(orders: readonly Order[], { action, filter }: Bulk, caller: Caller): Promise<void> {
    await fileCommands(deps, orders);
    await Promise.all(
      orders.map(({ id, instance }) =>
        audit(caller, {
          action: `workflow_instance.${action}`,
          subject: runSubject(instance),
          data: {
            id: instance.id,
            operationId: id,
            stateBefore: instance.state,
            bulk: orders.length,
            ...(filter ? { filter } : {}),
          },
        }),
      ),
    );
  }
}

/** @throws AppError `bad_request` */
function checkBulk({ action, ids, filter, cursor }: Bulk): void {
  const problems: Problem[] = [];
  if ((ids === undefined) === (filter === undefined)) {
    problems.push({ path: 'ids', message: 'Name the runs either by ids or by a filter' });
  }
  if (ids !== undefined && new Set(ids).size > MAX_BULK) {
    const message = `These are ${new Set(ids).size} runs; at most ${MAX_BULK} are possible in one call. Send them in several.`;
    problems.push({ path: 'ids', message });
  }
  if (ids !== undefined && cursor !== undefined) problems.push({ path: 'cursor', message: 'Only a filter has pages' });
  if (filter !== undefined && Object.values(filter).every((value) => value === undefined)) {
    problems.push({
      path: 'filter',
      message: 'An empty filter would match every run; name a project, states or a parent',
    });
  }
  if (filter !== undefined && action === 'rerun' && filter.states === undefined) {
    const message = 'Say in which states: without them every run that has ended would be done again';
    problems.push({ path: 'filter.states', message });
  }
  if (problems.length > 0) throw new AppError('bad_request', 'The action cannot be asked like this.', { problems });
}

function detailOf({ action, dryRun }: Bulk, items: readonly BulkItem[], hasMore: boolean): string {
  const accepted = items.filter(({ status }) => status === 'accepted').length;
  const others = items.length - accepted;
  const what = dryRun ? `${action} would be asked of ${accepted}` : `${action} is asked of ${accepted}`;
  const rest = others === 0 ? '' : `; ${others} cannot do it`;
  const beyond = items.length < MAX_BULK ? 'More may match' : `More than ${MAX_BULK} match`;
  const more = hasMore
    ? ` ${beyond}, and the others are not in this answer: send the same again with nextCursor as cursor.`
    : '';
  return `Of ${items.length} ${items.length === 1 ? 'run' : 'runs'} ${what}${rest}.${more}`;
}
