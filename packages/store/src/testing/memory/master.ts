/** The master's verbs in memory, with the epoch guard, the unique keys and the all-or-nothing of a unit. */
import {
  AppError,
  type Clock,
  type CommandId,
  type Epoch,
  isWorkflowTerminal,
  PRIORITIES,
  type WorkflowId,
} from '@vaquita/core';
import type { WorkerControl } from '../../ports/api.ts';
import type {
  MasterStore,
  RunDefinition,
  WorkerDecision,
  WorkerFacts,
  WorkerRow,
  WorkerStore,
} from '../../ports/master.ts';
import { concernsGate, holdsSlot, slotsLast } from '../../verbs/places.ts';
import { paramTexts } from '../../verbs/project-params.ts';
import { standingOf } from '../../verbs/token-standing.ts';
import { asConfigured, evictedFirst, isEvicted } from '../../verbs/worker-standing.ts';
import { putAlert } from './alerts.ts';
import { createMemoryOtherRuns } from './other-runs.ts';
import { createMemoryTokens } from './people.ts';
import { createMemoryReconcile } from './reconcile.ts';
import { createMemoryRetention } from './retention.ts';
import { addTask, updateInstance, updateTask } from './run-rows.ts';
import { addEvent, fileCommand, fileRun, tasksOf } from './runs.ts';
import { compare, type Memory, type MemoryCommand, pageOf, type Transaction } from './tables.ts';

export function checkEpoch({ leaderEpoch }: Memory, epoch: Epoch): void {
  if (leaderEpoch !== null && leaderEpoch === epoch) return;
  throw new AppError('fenced', `Epoch ${epoch} is not the one of the held leader lock; nothing was written.`);
}

export function createMemoryMaster(memory: Memory, clock: Pick<Clock, 'now'>): MasterStore {
  const { tables, unit } = memory;

  function endCommand(tx: Transaction, id: CommandId, outcome: string): void {
    const command = tables.commands.get(id);
    if (command === undefined || command.doneAt !== null) {
      throw new AppError('conflict', `Command ${id} is not pending. Nothing of the unit was written.`);
    }
    tx.put(tables.commands, id, { ...command, doneAt: clock.now(), outcome });
  }

  function definitionOf(id: WorkflowId, number: number): RunDefinition | undefined {
    const workflow = tables.workflows.get(id);
    const version = workflow && tables.versions.get(id)?.find((row) => row.version === number);
    if (version === undefined) return undefined;
    const project = tables.projects.get(workflow!.projectId)!;
    return { projectName: project.name, projectParams: paramTexts(project.params), document: version.document };
  }

  return {
    workers: createMemoryWorkers(memory),
    others: createMemoryOtherRuns(memory),
    reconcile: createMemoryReconcile(memory),
    retention: createMemoryRetention(memory, checkEpoch),
    async commit(epoch, change) {
      return unit((tx) => {
        checkEpoch(memory, epoch);
        if (change.filing) fileRun(memory, tx, change.filing);
        for (const { id, outcome } of change.commandsDone) endCommand(tx, id, outcome);
        const number = updateInstance(memory, tx, change);
        for (const task of slotsLast(change.changedTasks)) updateTask(memory, tx, task);
        for (const task of change.newTasks) addTask(memory, tx, task);
        for (const event of change.events) addEvent(tx, tables, event);
        for (const run of change.newRuns) fileRun(memory, tx, run);
        for (const command of change.newCommands) fileCommand(tx, tables, command);
        for (const alert of change.newAlerts) putAlert(tx, tables, alert);
        for (const order of change.outboxPut) {
          if (!tables.instances.has(order.workflowInstanceId)) throw new AppError('conflict', 'The order has no run.');
          const before = tables.outbox.get(order.dispatchId);
          tx.put(tables.outbox, order.dispatchId, { ...order, createdAt: before?.createdAt ?? order.createdAt });
        }
        for (const dispatchId of change.outboxDone) tx.drop(tables.outbox, dispatchId);
        return { number };
      });
    },
    async loadRun(id) {
      const instance = tables.instances.get(id);
      const definition = instance && definitionOf(instance.workflowId, instance.version);
      if (definition === undefined) return undefined;
      const outbox = [...tables.outbox.values()].filter((order) => order.workflowInstanceId === id);
      return { ...definition, instance: instance!, tasks: tasksOf(tables, id), outbox };
    },
    async loadDefinition(id, version) {
      return definitionOf(id, version);
    },
    async openInstances({ after, limit }) {
      const open = [...tables.instances.values()].filter(({ state }) => !isWorkflowTerminal(state));
      const ids = open.map(({ id }) => id);
      return pageOf(ids, { limit, cursor: after }, (id) => id, 'up');
    },
    async pendingCommands(limit) {
      const pending = [...tables.commands.values()].filter(({ doneAt }) => doneAt === null).sort(inQueueOrder);
      return pending.slice(0, limit).map(({ doneAt: _doneAt, outcome: _outcome, ...command }) => command);
    },
    async settle(epoch) {
      checkEpoch(memory, epoch);
    },
    async noteLostServer(epoch, event, alert) {
      unit((tx) => {
        checkEpoch(memory, epoch);
        if (!tables.alerts.has(alert.id)) addEvent(tx, tables, event);
        putAlert(tx, tables, alert);
      });
    },
    async rejectCommand(epoch, id, outcome) {
      unit((tx) => {
        checkEpoch(memory, epoch);
        endCommand(tx, id, outcome);
      });
    },
    async findDispatch(dispatchId) {
      const task = tables.tasks.get(tables.unique.get(`dispatch:${dispatchId}`) ?? '');
      const instance = task && tables.instances.get(task.workflowInstanceId);
      if (!task || !instance) return undefined;
      const { workflowInstanceId, id: taskInstanceId, name: taskName, state, workerId } = task;
      return { workflowInstanceId, projectId: instance.projectId, taskInstanceId, taskName, state, workerId };
    },
    async liveRuns() {
      return byId([...tables.instances.values()].filter(concernsGate)).map(
        ({ id, workflowId, projectId, state, executionSlot, queuedAt }) => ({
          id,
          workflowId,
          projectId,
          state,
          executionSlot,
          queuedAt,
        }),
      );
    },
    async slotHolders() {
      const holders = byId([...tables.tasks.values()].filter(holdsSlot)).map(
        ({ id, workflowInstanceId, taskGroup, groupSlot }) => ({
          taskInstanceId: id,
          workflowInstanceId,
          taskGroup: taskGroup!,
          groupSlot: groupSlot!,
        }),
      );
      return holders.sort((a, b) => compare(a.taskGroup, b.taskGroup) || a.groupSlot - b.groupSlot);
    },
    async taskGroups() {
      return [...tables.taskGroups.values()].sort((a, b) => compare(a.name, b.name));
    },
    async workerGroups() {
      return [...tables.workerGroups.values()].sort((a, b) => compare(a.name, b.name));
    },
  };
}

function byId<Row extends { readonly id: string }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => compare(a.id, b.id));
}

function inQueueOrder(a: MemoryCommand, b: MemoryCommand): number {
  return (
    PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || a.createdAt - b.createdAt || compare(a.id, b.id)
  );
}

export function createMemoryWorkers(memory: Memory): WorkerStore & WorkerControl {
  const { workers } = memory.tables;
  const tokens = createMemoryTokens(memory);

  function tellOfState(tx: Transaction, { id, name, state }: WorkerFacts, at: number, why: string): void {
    const from = workers.get(id)?.state ?? null;
    if (from === state) return;
    addEvent(tx, memory.tables, {
      type: 'worker.state',
      projectId: null,
      workflowInstanceId: null,
      taskInstanceId: null,
      at,
      data: { workerId: id, worker: name, from, to: state, why },
    });
  }

  return {
    async upsert(epoch, row, why, alert) {
      memory.unit((tx) => {
        checkEpoch(memory, epoch);
        tellOfState(tx, row, row.updatedAt, why);
        tx.put(workers, row.id, asConfigured(row, workers.get(row.id)?.standing ?? null));
        if (alert !== undefined) putAlert(tx, memory.tables, alert);
      });
    },
    async beat(epoch, beats) {
      memory.unit((tx) => {
        checkEpoch(memory, epoch);
        for (const { id, at, stats } of beats) {
          const row = workers.get(id);
          if (row !== undefined) tx.put(workers, id, { ...row, lastHeartbeatAt: at, stats, updatedAt: at });
        }
      });
    },
    async setState(epoch, id, { state, at, why, alert }) {
      memory.unit((tx) => {
        checkEpoch(memory, epoch);
        const row = workers.get(id);
        if (row === undefined) throw new AppError('not_found', `There is no worker ${id}.`);
        tellOfState(tx, { ...row, state }, at, why);
        if (alert !== undefined && row.state !== state) putAlert(tx, memory.tables, alert);
        tx.put(workers, id, { ...row, state, updatedAt: at });
      });
    },
    async standings() {
      return [...workers.values()].flatMap(decisionOn).sort((a, b) => compare(a.id, b.id));
    },
    async standingsOf(id, name) {
      const decisions = [...workers.values()].flatMap(decisionOn);
      return evictedFirst(decisions.filter((one) => one.id === id || (one.name === name && isEvicted(one))));
    },
    async decide(id, { before, after }, event) {
      const row = workers.get(id);
      if (row === undefined || JSON.stringify(row.standing) !== JSON.stringify(before)) return false;
      memory.unit((tx) => {
        tx.put(workers, id, asConfigured({ ...row, ...row.own }, after));
        addEvent(tx, memory.tables, event);
      });
      return true;
    },
    async list() {
      return [...workers.values()].sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
    },
    async get(id) {
      return workers.get(id);
    },
    async findToken(secretHash, now) {
      const token = await tokens.use(secretHash, now);
      if (token === undefined || token.kind !== 'worker') return undefined;
      return { id: token.id, name: token.name, standing: standingOf(token, now) };
    },
  };
}

function decisionOn({ id, name, standing }: WorkerRow): readonly WorkerDecision[] {
  return standing === null ? [] : [{ id, name, standing }];
}
