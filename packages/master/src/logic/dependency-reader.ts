/**
 * Answers the questions of dependent tasks: reads what other runs say and lets the core judge it. Equal reads of tasks
 * that wait for the same thing are one read.
 */
import {
  compileWorkflow,
  type DependencyAnswer,
  type DependencyQuestion,
  type FoundDefinition,
  type FoundInterval,
  judgeDependency,
  type ProjectId,
  type TaskInstanceId,
  toAppError,
  type WorkflowId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { DependencyAskingRun, DependencyRun, OtherRunsStore } from '@vaquita/store';
import type { DependencyWatch } from './dependency-watch.ts';
import type { ReadQueue } from './read-queue.ts';

export interface DependencyAsker {
  readonly taskInstanceId: TaskInstanceId;
  readonly run: DependencyAskingRun & Pick<WorkflowInstanceRow, 'projectId' | 'workflowId'>;
  readonly wanted: () => boolean;
}

export interface DependencyReader {
  /** What cannot be read is waited for: the next look may find it. */
  answer(question: DependencyQuestion, asker: DependencyAsker): Promise<DependencyAnswer>;
}

export interface DependencyReaderDeps {
  readonly queue: ReadQueue;
  readonly others: OtherRunsStore;
  readonly watch: Pick<DependencyWatch, 'watch'>;
}

export function createDependencyReader({ queue, others, watch }: DependencyReaderDeps): DependencyReader {
  async function judge(question: DependencyQuestion, asker: DependencyAsker): Promise<DependencyAnswer> {
    const { project, workflow, task } = question;
    const query = { ownProject: asker.run.projectId, project, workflow, version: null };
    const target = await queue.read(`workflow ${JSON.stringify(query)}`, asker.wanted, () =>
      others.resolveWorkflow(query),
    );
    if ('missing' in target) return judgeDependency(question, { exists: false, firstOfItself: false, intervals: [] });
    const { workflowId, projectId } = target;
    watch.watch(asker.taskInstanceId, workflowId, task);
    const self = workflowId === asker.run.workflowId;
    const [hasOther, runs] = await Promise.all([
      self ? readHasOther(workflowId, asker) : true,
      readNewest(question, { workflowId, self }, asker),
    ]);
    const look = { question, workflowId, projectId, wanted: asker.wanted };
    // The first interval without a run decides: what comes after it is not looked at.
    const missing = runs.indexOf(undefined);
    const known = missing < 0 ? runs : runs.slice(0, missing);
    const intervals = await Promise.all(known.map((run) => readInterval(run!, look)));
    return judgeDependency(question, { exists: true, firstOfItself: !hasOther, intervals });
  }

  function readHasOther(workflowId: WorkflowId, { run, wanted }: DependencyAsker): Promise<boolean> {
    return queue.read(`other ${workflowId} ${run.id}`, wanted, () => others.hasOther(workflowId, run.id));
  }

  function readNewest(
    { intervals }: DependencyQuestion,
    { workflowId, self }: { readonly workflowId: WorkflowId; readonly self: boolean },
    { run, wanted }: DependencyAsker,
  ): Promise<readonly (DependencyRun | undefined)[]> {
    // Who asks makes a difference only where its own run could be found.
    const backfill = run.originKind === 'backfill' ? run.originId : '';
    const key = `newest ${workflowId} ${self ? run.id : ''} ${backfill} ${JSON.stringify(intervals)}`;
    return queue.read(key, wanted, () => others.newestIn(workflowId, intervals, run));
  }

  interface Look {
    readonly question: DependencyQuestion;
    readonly workflowId: WorkflowId;
    readonly projectId: ProjectId;
    readonly wanted: () => boolean;
  }

  async function readInterval(run: DependencyRun, look: Look): Promise<FoundInterval> {
    const { task, passOutputs } = look.question;
    const [definition, tasks] = await Promise.all([
      task === null ? [] : readDefinition(run, look),
      task === null && !passOutputs ? [] : readTasks(run, look),
    ]);
    return { run, definition, tasks };
  }

  function readTasks(run: DependencyRun, { question: { task }, wanted }: Look) {
    const names = task === null || task === '*' ? null : [task];
    return queue.read(`tasks ${run.id} ${JSON.stringify(names)}`, wanted, () => others.currentTasks(run.id, names));
  }

  function readDefinition({ version }: DependencyRun, look: Look): Promise<readonly FoundDefinition[]> {
    const { workflowId, projectId, wanted, question } = look;
    return queue.read(`definition ${workflowId} ${version} ${question.task}`, wanted, async () => {
      const query = { ownProject: projectId, project: null, workflow: workflowId, version };
      const found = await others.resolveWorkflow(query);
      if ('missing' in found || found.document === null) return [];
      const { tasks } = compileWorkflow(found.document);
      const asked = question.task === '*' ? tasks : tasks.filter(({ name }) => name === question.task);
      return asked.map(({ name, enabled, retry }) => ({ name, enabled, retryTimes: retry.times }));
    });
  }

  return {
    async answer(question, asker) {
      try {
        return await judge(question, asker);
      } catch (error) {
        const text = `How ${question.workflow} stands could not be read: ${toAppError(error).message}`;
        return { key: question.key, state: 'waiting', text, outputs: {}, endedAt: null };
      }
    },
  };
}
