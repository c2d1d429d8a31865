/** POST /workflow-instances/{id}/{action}: asks one thing of one run. */
import {
  AppError,
  buildGraph,
  type CommandId,
  checkStartParams,
  compileWorkflow,
  didYouMean,
  type Problem,
  selectScope,
  type WorkflowDefinition,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { createDeletedWorkflowCheck, DELETED } from '../runs/deleted-workflow.ts';
import { fileCommands, wasFiled } from '../runs/file-command.ts';
import { paramTexts } from '../runs/param-texts.ts';
import { PLAIN_ACTIONS, RUN_ACTIONS, type RunAction, runSubject, whyRunRefused } from '../runs/run-actions.ts';
import { ActionAnswer, RerunFromRequest, SignalRequest } from '../views/action.ts';
import { requireInstance } from './lookup.ts';

const ITEM = '/api/v1/workflow-instances/{id}';
const COMMON = { method: 'post', tag: 'Runs', access: 'operate', errors: ['conflict', 'gone'], status: 202 } as const;

interface Asked {
  readonly instance: WorkflowInstanceRow;
  readonly action: RunAction;
  readonly id: CommandId;
  readonly caller: Caller;
  readonly payload?: Readonly<Record<string, unknown>>;
}

export function runActionEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store } = deps;

  /** @throws AppError `conflict` with the state and the reason, `gone` when its workflow was deleted. */
  async function checkPossible({ instance, action, id }: Pick<Asked, 'instance' | 'action' | 'id'>): Promise<void> {
    const refusal = whyRunRefused(instance, action);
    const gone = refusal === undefined ? await createDeletedWorkflowCheck(store)(instance, action.kind) : undefined;
    if ((refusal === undefined && gone === undefined) || (await wasFiled(deps, id))) return;
    throw refusal === undefined ? new AppError('gone', gone!) : new AppError('conflict', refusal);
  }

  async function file({ instance, action, id, caller, payload }: Asked): Promise<ActionAnswer> {
    await fileCommands(deps, [{ id, kind: action.kind, instance, by: caller.name, ...(payload ? { payload } : {}) }]);
    await audit(caller, {
      action: `workflow_instance.${action.name}`,
      subject: runSubject(instance),
      data: { id: instance.id, operationId: id, stateBefore: instance.state, ...payload },
    });
    return { id: instance.id, action: action.name, operationId: id, state: instance.state };
  }

  async function definitionOf(instance: WorkflowInstanceRow): Promise<WorkflowDefinition> {
    const version = await store.workflows.version(instance.workflowId, instance.version);
    if (version) return compileWorkflow(version.document);
    throw new AppError('gone', DELETED);
  }

  return [
    ...PLAIN_ACTIONS.map((action) =>
      endpoint({
        ...COMMON,
        path: `${ITEM}/${action.name}`,
        summary: action.summary,
        answer: ActionAnswer,
        async handle({ params, caller, ids }) {
          const instance = await requireInstance(store, params.id);
          const id = ids.next<'command'>();
          await checkPossible({ instance, action, id });
          return file({ instance, action, id, caller });
        },
      }),
    ),
    endpoint({
      ...COMMON,
      path: `${ITEM}/rerun-from`,
      summary: RUN_ACTIONS['rerun-from'].summary,
      body: RerunFromRequest,
      answer: ActionAnswer,
      async handle({ params, body, caller, ids }) {
        const instance = await requireInstance(store, params.id);
        const action = RUN_ACTIONS['rerun-from'];
        const id = ids.next<'command'>();
        await checkPossible({ instance, action, id });
        const values = checkRerunFrom(await definitionOf(instance), instance, body);
        return file({ instance, action, id, caller, payload: { tasks: [...new Set(body.tasks)], params: values } });
      },
    }),
    endpoint({
      ...COMMON,
      path: `${ITEM}/signal`,
      summary: RUN_ACTIONS.signal.summary,
      body: SignalRequest,
      answer: ActionAnswer,
      async handle({ params, body, caller, ids }) {
        const instance = await requireInstance(store, params.id);
        const action = RUN_ACTIONS.signal;
        const id = ids.next<'command'>();
        await checkPossible({ instance, action, id });
        const problems = signalProblems(await definitionOf(instance), body.name);
        const outputs = paramTexts(body.outputs ?? {}, { path: 'outputs', problems });
        if (problems.length > 0)
          throw new AppError('bad_request', 'The signal cannot be sent like this.', { problems });
        return file({ instance, action, id, caller, payload: { name: body.name, outputs } });
      },
    }),
  ];
}

/** A signal that nothing will ever wait for is a slip of the pen, not a signal that came too early. */
function signalProblems(definition: WorkflowDefinition, name: string): Problem[] {
  const waits = definition.tasks.filter(({ type }) => type === 'wait');
  const known = new Set(waits.flatMap(({ config }) => (typeof config.signal === 'string' ? [config.signal] : [])));
  if (known.has(name)) return [];
  const has = known.size === 0 ? 'none of its tasks waits for one' : `its tasks wait for: ${[...known].join(', ')}`;
  return [{ path: 'name', message: `This run knows no signal "${name}"; ${has}.${didYouMean(name, known)}` }];
}

/** The new values of parameters. @throws AppError `bad_request` with every wrong place. */
function checkRerunFrom(
  definition: WorkflowDefinition,
  instance: WorkflowInstanceRow,
  body: RerunFromRequest,
): Readonly<Record<string, string>> {
  const problems: Problem[] = [];
  const { graph } = selectScope(buildGraph(definition.tasks).graph, instance.startTasks, instance.scope);
  const names = new Set(graph.names);
  for (const [index, name] of body.tasks.entries()) {
    if (names.has(name)) continue;
    const isElsewhere = definition.tasks.some((task) => task.name === name);
    const what = isElsewhere
      ? `The task "${name}" is outside the scope of this run.`
      : `There is no task named "${name}" in this run.`;
    problems.push({ path: `tasks[${index}]`, message: `${what}${isElsewhere ? '' : didYouMean(name, names)}` });
  }
  const given = paramTexts(body.params ?? {}, { path: 'params', problems });
  const checked = checkStartParams(definition, given);
  problems.push(...checked.problems.filter(({ path }) => Object.hasOwn(given, path.slice('params.'.length))));
  if (problems.length > 0) throw new AppError('bad_request', 'The run cannot be done again like this.', { problems });
  return given;
}
