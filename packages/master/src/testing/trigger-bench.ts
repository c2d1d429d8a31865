/** The duties on triggers in front of a store in memory, on a clock turned by hand. */
import {
  type CommandRow,
  createIdSource,
  type Epoch,
  newRun,
  type ProjectId,
  parseWorkflowDocument,
  type RunChoices,
  type TriggerConfig,
  type TriggerId,
  type TriggerRow,
  type WorkflowId,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
  type WorkflowState,
} from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import type { TriggerQueue } from '@vaquita/store';
import { createMemoryStore } from '@vaquita/store/testing';
import { createAfterDuty } from '../triggers/after-duty.ts';
import type { TriggerDutySettings } from '../triggers/settings.ts';

const PROJECT = 'project-1' as ProjectId;
export const START = Date.UTC(2026, 4, 4, 12);

type After = Extract<TriggerConfig, { kind: 'after_workflow' }>;
type Files = Extract<TriggerConfig, { kind: 'file' }>;

export async function openTriggerBench(settings: Partial<TriggerDutySettings> = {}) {
  const clock = createManualClock(START);
  const ids = createIdSource(clock, createSeededRandom(3));
  const store = createMemoryStore({ clock });
  const filed: CommandRow[] = [];
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const log = { debug() {}, info() {}, warn: note, error: note };
  /** Called before and after a unit; what throws takes the place of the answer. */
  const faults: { before: (() => void | Promise<void>) | null; after: (() => void) | null } = {
    before: null,
    after: null,
  };
  const reads: number[] = [];
  const queue: TriggerQueue = {
    ...store.triggerQueue,
    async endsAfter(seq, limit) {
      reads.push(seq);
      return store.triggerQueue.endsAfter(seq, limit);
    },
    async fire(epoch, fire) {
      await faults.before?.();
      const answer = await store.triggerQueue.fire(epoch, fire);
      faults.after?.();
      return answer;
    },
  };
  const newDuty = () =>
    createAfterDuty({
      ...{ queue, others: store.master.others, clock, log, settings },
      filed: (command) => void filed.push(command),
    });

  const change = (id: WorkflowId) => ({
    ...{ type: 'workflow.updated' as const, projectId: PROJECT, workflowInstanceId: null, taskInstanceId: null },
    ...{ at: clock.now(), data: { workflowId: id } },
  });
  await store.projects.create({
    ...{ id: PROJECT, name: 'etl', description: '', params: [], createdAt: START, updatedAt: START },
  });

  async function workflow(name: string, more: Record<string, unknown> = {}): Promise<WorkflowId> {
    const id = `w-${name}` as WorkflowId;
    const document = parseWorkflowDocument({ name, tasks: [{ name: 'a', type: 'noop' }], ...more });
    const times = { createdAt: START, updatedAt: START };
    const row = { id, projectId: PROJECT, name, description: '', version: 1, online: true, taskCount: 1, ...times };
    const version = { workflowId: id, version: 1, document, contentHash: name, createdBy: 'ann', createdAt: START };
    await store.workflows.create(row, version, change(id));
    return id;
  }

  async function trigger(
    name: string,
    { of, after, ...more }: Partial<TriggerRow> & { readonly of: WorkflowId; readonly after: Partial<After> },
  ): Promise<TriggerId> {
    const config: After = {
      ...{ kind: 'after_workflow', projectId: PROJECT, workflowId: 'w-a' as WorkflowId },
      ...{ on: 'success', backfills: false, mapping: {}, ...after },
    };
    return put(name, { workflowId: of, config, ...more });
  }

  async function fileTrigger(
    name: string,
    { of, files, ...more }: Partial<TriggerRow> & { readonly of: WorkflowId; readonly files?: Partial<Files> },
  ): Promise<TriggerId> {
    const config: Files = {
      ...{ kind: 'file', path: '/in/*', workerGroup: 'etl', everyMs: 60_000, settledMs: 0, mapping: {}, ...files },
    };
    return put(name, { workflowId: of, config, ...more });
  }

  async function put(
    name: string,
    row: Partial<TriggerRow> & Pick<TriggerRow, 'workflowId' | 'config'>,
  ): Promise<TriggerId> {
    const id = `t-${name}` as TriggerId;
    await store.triggers.create({
      ...{ id, projectId: PROJECT, kind: row.config.kind, name, description: '', secret: null },
      start: {
        ...{ params: {}, startTasks: [], scope: 'all', failureStrategy: null, priority: 'medium', workerGroup: null },
        ...{ alertOn: null, alertGroup: null, dryRun: false, timeoutMs: null, version: null },
      },
      ...{ online: true, revision: 1, cursor: 0 },
      ...{ createdBy: 'ann', createdAt: clock.now(), updatedBy: 'ann', updatedAt: clock.now(), ...row },
    });
    return id;
  }

  /** A run of the workflow as somebody starts it. */
  async function run(workflowId: WorkflowId, more: Partial<RunChoices> = {}): Promise<WorkflowInstanceRow> {
    const choices: RunChoices = {
      ...{ projectId: PROJECT, workflowId, workflowName: workflowId.slice(2), version: 1, params: {}, startTasks: [] },
      ...{ scope: 'all', failureStrategy: 'continue', priority: 'medium', workerGroup: null, environment: null },
      ...{ dryRun: false, timeoutMs: null, alertOn: null, alertGroup: null, businessTime: START - 86_400_000 },
      ...{ createdBy: 'ann', parent: null, timezone: 'Asia/Tokyo', ...more },
    };
    const { instance, command, event } = newRun(choices, ids, clock.now());
    await store.instances.start(instance, command, event);
    return instance;
  }

  /** Puts on record that a run has got into a state. */
  async function end(id: WorkflowInstanceId, to: WorkflowState = 'success', outputs?: Record<string, string>) {
    const row = (await store.instances.find(id))!;
    const event = {
      ...{ type: 'workflow_instance.state' as const, projectId: PROJECT, workflowInstanceId: id, taskInstanceId: null },
      ...{ at: clock.now(), data: { from: 'running', to } },
    };
    await store.master.commit(leading, {
      ...{ instance: { ...row, state: to, ...(outputs ? { outputs } : {}) }, assignNumber: false, newTasks: [] },
      ...{ changedTasks: [], writtenBefore: new Map(), events: [event], outboxPut: [], outboxDone: [] },
      ...{ commandsDone: [], newRuns: [], newCommands: [], newAlerts: [] },
    });
  }

  let leading: Epoch = 1;
  store.leader.set(leading);
  const runsOf = async (workflowId: WorkflowId) =>
    (await store.instances.list({ workflowId }, { limit: 500, cursor: null })).items.toReversed();
  const firings = async (id: TriggerId) =>
    (await store.firings.list(id, {}, { limit: 500, cursor: null })).items.toReversed();

  return {
    ...{ clock, store, faults, filed, logged, reads, newDuty, workflow, trigger, fileTrigger },
    ...{ run, end, runsOf, firings, log },
    /** Another term begins. */
    lead(epoch: Epoch) {
      leading = epoch;
      store.leader.set(epoch);
    },
  };
}
