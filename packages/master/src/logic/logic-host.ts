/**
 * What logic tasks ask of the world outside their run: which workflow is meant, how other runs stand. Carries out their
 * intents and answers by events; nothing here is needed after a crash, because a rebuilt run asks again.
 *
 * G1 A question is answered by one event to the task instance that asked, unless it has stopped waiting (see `questions`).
 * G2 From the moment a dependent task's question is read until it stops waiting, ends of runs it looks at reach it.
 * G3 The end of a run that has a parent reaches the parent, whoever made the run go on before (see `parent-news`).
 */
import {
  type Clock,
  type Intent,
  isTaskTerminal,
  isWorkflowTerminal,
  type ResolvedWorkflow,
  type RunChangeSet,
  toAppError,
  type WorkflowId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { OtherRunsStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { RunRegistry } from '../bus/run-registry.ts';
import type { Logger } from '../settings.ts';
import { type ChildReader, createChildReader } from './child-reader.ts';
import { createDependencyReader } from './dependency-reader.ts';
import { createDependencyWatch } from './dependency-watch.ts';
import { createParentNews } from './parent-news.ts';
import { createQuestions } from './questions.ts';
import { createReadQueue } from './read-queue.ts';
import { resolveTarget } from './workflow-target.ts';

export const LOGIC_INTENTS = ['ResolveWorkflow', 'ReadChildren', 'ReadDependencies', 'ForgetLogic'] as const;
export type LogicIntent = Extract<Intent, { type: (typeof LOGIC_INTENTS)[number] }>;
type IntentOf<Type extends LogicIntent['type']> = Extract<LogicIntent, { type: Type }>;

export interface LogicHost {
  perform(bus: RunBus, intent: LogicIntent): void;
  /** A unit of the run is durable. */
  committed(bus: RunBus, unit: RunChangeSet): void;
  /** A run has ended by a unit that no bus wrote. */
  ended(row: WorkflowInstanceRow): void;
  /** The run is set aside or leaves memory: whatever it waits for here is forgotten. */
  forget(bus: RunBus): void;
  /** Some task waits for runs of the workflow. */
  isWatched(id: WorkflowId): boolean;
  status(): LogicStatus;
  close(): void;
}

export interface LogicStatus {
  /** Questions of logic tasks that have not been answered. */
  readonly asking: number;
  /** Task instances that are told when runs of other workflows end. */
  readonly watching: number;
  /** Reads of the store that wait or are under way. */
  readonly reads: number;
}

export interface LogicHostDeps {
  readonly others: OtherRunsStore;
  readonly runs: Pick<RunRegistry, 'get' | 'withBus'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads for logic tasks at a time. */
  readonly readsAtOnce: number;
  /** Wait before what failed for a passing reason is tried again. */
  readonly retryMs: number;
}

export function createLogicHost(deps: LogicHostDeps): LogicHost {
  const { others, runs, clock, log, retryMs } = deps;
  const queue = createReadQueue({ clock, log, retryMs, atOnce: deps.readsAtOnce });
  const questions = createQuestions(log);
  const watch = createDependencyWatch();
  const children: ChildReader = createChildReader(queue, others);
  const dependencies = createDependencyReader({ queue, others, watch });
  const parents = createParentNews({ runs, children, clock, log, retryMs });

  function askForWorkflow(bus: RunBus, intent: IntentOf<'ResolveWorkflow'>): void {
    const { taskInstanceId, project, workflow, version } = intent;
    questions.ask(bus, { kind: 'workflow', taskInstanceId }, async (wanted) => {
      const target = await resolve(bus, { project, workflow, version }, wanted);
      return { type: 'WorkflowResolved', taskInstanceId, target };
    });
  }

  async function resolve(
    bus: RunBus,
    query: Omit<IntentOf<'ResolveWorkflow'>, 'type' | 'taskInstanceId'>,
    wanted: () => boolean,
  ): Promise<ResolvedWorkflow | { readonly problem: string }> {
    const full = { ownProject: bus.run.instance.projectId, ...query };
    try {
      const found = await queue.read(`workflow ${JSON.stringify(full)}`, wanted, () => others.resolveWorkflow(full));
      return resolveTarget(query, found);
    } catch (error) {
      return { problem: `Workflow "${query.workflow}" could not be looked up: ${toAppError(error).message}` };
    }
  }

  function askForChildren(bus: RunBus, { taskInstanceId, children: ids }: IntentOf<'ReadChildren'>): void {
    questions.ask(bus, { kind: 'children', taskInstanceId }, async (wanted) => {
      const reports = await children.read(ids, wanted);
      return { type: 'ChildrenRead', taskInstanceId, children: reports };
    });
  }

  function askForDependencies(bus: RunBus, intent: IntentOf<'ReadDependencies'>): void {
    const { taskInstanceId } = intent;
    questions.ask(bus, { kind: 'dependencies', taskInstanceId }, async (wanted) => {
      watch.begin(bus, taskInstanceId);
      const asker = { taskInstanceId, run: bus.run.instance, wanted };
      const answers = await Promise.all(intent.questions.map((question) => dependencies.answer(question, asker)));
      return { type: 'DependenciesRead', taskInstanceId, answers };
    });
  }

  function instanceCommitted(row: WorkflowInstanceRow): void {
    if (row.parentInstanceId !== null) {
      children.changed(row);
      parents.committed(row);
    }
    // Dry runs answer no dependency.
    if (isWorkflowTerminal(row.state) && !row.dryRun) watch.runEnded(row.workflowId);
  }

  return {
    perform(bus, intent) {
      switch (intent.type) {
        case 'ResolveWorkflow':
          askForWorkflow(bus, intent);
          return;
        case 'ReadChildren':
          askForChildren(bus, intent);
          return;
        case 'ReadDependencies':
          askForDependencies(bus, intent);
          return;
        case 'ForgetLogic':
          questions.forget(bus, intent.taskInstanceId);
          watch.forget(intent.taskInstanceId);
          return;
      }
    },
    committed(bus, unit) {
      const { workflowId, dryRun } = bus.run.instance;
      // The number may have been given by this very commit: the row in memory has it, the unit has not.
      if (unit.instance) instanceCommitted({ ...unit.instance, number: bus.run.instance.number });
      if (dryRun || !watch.isWatched(workflowId)) return;
      const ended = [...unit.newTasks, ...unit.changedTasks].filter(
        (task) => task.current && isTaskTerminal(task.state),
      );
      if (ended.length > 0) watch.tasksEnded(workflowId, new Set(ended.map(({ name }) => name)));
    },
    ended: instanceCommitted,
    forget(bus) {
      questions.forgetRun(bus);
      watch.forgetRun(bus);
    },
    isWatched: watch.isWatched,
    status: () => ({ asking: questions.size, watching: watch.size, reads: queue.size }),
    close() {
      questions.close();
      queue.close();
      parents.close();
    },
  };
}
