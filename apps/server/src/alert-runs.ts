/** Starts the runs that alerts ask for: where the database is, and under ids that follow from the delivery. */
import {
  AppError,
  type CommandRow,
  checkStartParams,
  compileWorkflow,
  derivedIds,
  ERROR_CODES,
  newRun,
  type Sender,
  timeOfId,
  toAppError,
} from '@vaquita/core';
import type { RunOrder, RunStarter } from '@vaquita/plugins';
import type { Store } from '@vaquita/store';

export interface AlertRunsDeps {
  readonly store: Pick<Store, 'projects' | 'workflows' | 'instances'>;
  readonly clock: { now(): number };
  /** A command has been filed. */
  readonly filed: (command: CommandRow) => void;
  readonly from: Sender;
}

const ACTOR = 'alert-engine';

export function createAlertRuns({ store, clock, filed, from }: AlertRunsDeps): RunStarter {
  /** @throws AppError `not_found`, `conflict`, `bad_request`, and what the database throws. */
  async function start(order: RunOrder): Promise<string> {
    const idsOf = () => derivedIds(timeOfId(order.key), `alert-run:${order.key}`);
    const ids = idsOf();
    // That of the run comes first.
    const runId = idsOf().next<'workflow-instance'>();
    const answer = `run ${runId} of ${order.project}/${order.workflow}${linkTo(runId)}`;
    // Filed by a try whose answer was lost.
    if ((await store.instances.find(runId)) !== undefined) return answer;

    const project = await store.projects.find(order.project);
    if (project === undefined) throw new AppError('not_found', `there is no project "${order.project}"`);
    const workflow = await store.workflows.find(project.id, order.workflow);
    if (workflow === undefined) {
      throw new AppError('not_found', `there is no workflow "${order.workflow}" in the project "${project.name}"`);
    }
    if (!workflow.online) throw new AppError('conflict', `the workflow "${workflow.name}" is offline; put it online`);
    const version = await store.workflows.version(workflow.id, workflow.version);
    if (version === undefined) throw new AppError('unavailable', 'the workflow was changed meanwhile');
    const definition = compileWorkflow(version.document);
    const declared = new Set(definition.params.map(({ name }) => name));
    const offered = Object.entries(order.offered).filter(([name]) => declared.has(name));
    const { values, problems } = checkStartParams(definition, { ...Object.fromEntries(offered), ...order.params });
    if (problems.length > 0) throw new AppError('bad_request', problems.map(({ message }) => message).join(' '));

    const now = clock.now();
    const run = newRun(
      {
        ...{ projectId: project.id, workflowId: workflow.id, workflowName: workflow.name, version: version.version },
        ...{ params: values, startTasks: [], scope: 'all', failureStrategy: definition.failureStrategy },
        ...{ priority: 'medium', workerGroup: null, environment: null, dryRun: false, timeoutMs: null },
        // Whatever becomes of it must not start the next.
        ...{ alertOn: 'none', alertGroup: null },
        ...{ businessTime: now, createdBy: ACTOR, parent: null },
      },
      ids,
      now,
    );
    const data = { id: run.instance.id, version: version.version, delivery: order.key };
    const subject = `${project.name}/${workflow.name}`;
    const audit = { id: ids.next<'audit'>(), at: now, actor: ACTOR, action: 'workflow.start', subject, data };
    try {
      await store.instances.start(run.instance, run.command, run.event, audit);
    } catch (thrown) {
      if ((await store.instances.find(runId)) === undefined) throw thrown;
    }
    filed(run.command);
    return answer;
  }

  function linkTo(runId: string): string {
    return from.address === null ? '' : ` (${from.address.replace(/\/+$/, '')}/go/r/${runId})`;
  }

  return {
    async start(order) {
      try {
        return { ok: true, answer: await start(order) };
      } catch (thrown) {
        const { code, message } = toAppError(thrown);
        const isOver = !ERROR_CODES[code].retryable && code !== 'internal';
        return { ok: false, failure: isOver ? 'refused' : 'unavailable', message };
      }
    },
  };
}
