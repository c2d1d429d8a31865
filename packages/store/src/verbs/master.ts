/**
 * Verbs of the leader's master.
 *
 * I1  Every write begins with the epoch guard: a deposed leader writes nothing.
 * I2  A commit is one unit: instance, tasks, events, outbox and commands together or not at all.
 * I3  A command is carried out once: ending one that has ended already is a conflict and undoes the unit.
 * I4  Within a unit what gives up a unique key is written before what takes it: the run itself before its children,
 *     changed task instances before new ones, and of the changed ones those that hold no slot first (P3 of places.ts).
 */
import {
  AppError,
  type Clock,
  type CommandId,
  type Epoch,
  type NewEvent,
  type ParamDefinition,
  type ProjectId,
  type TaskInstanceId,
  type TaskState,
  type WorkerId,
  type WorkflowId,
  type WorkflowInstanceId,
} from '@vaquita/core';
import type { SqlDriver, SqlStatement } from '../ports/driver.ts';
import type { MasterStore, RunCommit, RunDefinition } from '../ports/master.ts';
import { OPEN_STATES_SQL } from '../schema/state-lists.ts';
import { many, one, statement } from '../sql/access.ts';
import { fence } from '../sql/fence.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { COMMANDS, INSTANCES, NEW_EVENTS, OUTBOX, TASKS } from '../sql/tables.ts';
import { fileAlert } from './alerts.ts';
import { fileCommand, fromStored } from './commands.ts';
import type { DocumentCache } from './document-cache.ts';
import { filingStatements } from './instances.ts';
import { createOtherRunVerbs } from './other-runs.ts';
import { slotsLast } from './places.ts';
import { paramTexts } from './project-params.ts';
import { createReconcileVerbs } from './reconcile.ts';
import { createRetentionVerbs } from './retention.ts';
import { createTakenVerbs } from './taken.ts';
import { createWorkerVerbs } from './workers.ts';
import { readDocument } from './workflows.ts';

/** All events of a run in a unit with one statement, in their order; `->` gives an object back as its text. */
const INSERT_EVENTS = `insert into events (project_id, workflow_instance_id, type, task_instance_id, at, data)
  select ?, ?, value ->> 0, value ->> 1, value ->> 2, value -> 3 from json_each(?)`;
/** Before the alert itself. */
const TELL_ONCE = `${NEW_EVENTS.insertSelect} where not exists (select 1 from alerts where id = ?)`;
const END_COMMAND = 'update commands set done_at = ?, outcome = ? where id = ? and done_at is null';
const NEXT_NUMBER = 'update workflows set last_number = last_number + 1 where id = ?';
const SET_NUMBER = `update workflow_instances set number = (select last_number from workflows where id = workflow_id)
  where id = ? and number is null returning number`;
const PUT_OUTBOX = `${OUTBOX.insert} on conflict (dispatch_id) do update set
  kind = excluded.kind, worker_id = excluded.worker_id, reason = excluded.reason, grace_ms = excluded.grace_ms`;
const DROP_OUTBOX = 'delete from outbox where dispatch_id = ?';

const INSTANCE = `select ${INSTANCES.columns} from workflow_instances where id = ?`;
const RUN_TASKS = `select ${TASKS.columns} from task_instances where workflow_instance_id = ? order by id`;
const RUN_OUTBOX = `select ${OUTBOX.columns} from outbox where workflow_instance_id = ? order by dispatch_id`;
const RUN_DOCUMENT = `select projects.name as project_name, projects.params as project_params,
    workflow_versions.content_hash
  from workflow_versions join workflows on workflows.id = workflow_id join projects on projects.id = project_id
  where workflow_id = ? and workflow_versions.version = ?`;
/** Told which index: without statistics SQLite would rather sort all open runs for each page. */
const OPEN = `select id from workflow_instances indexed by workflow_instances_open where state in ${OPEN_STATES_SQL}`;
const PENDING = `select ${COMMANDS.columns} from commands where done_at is null order by priority, created_at, id limit ?`;
const DISPATCH = `select t.id, t.name, t.state, t.worker_id, t.workflow_instance_id, i.project_id
  from task_instances t join workflow_instances i on i.id = t.workflow_instance_id where t.dispatch_id = ?`;

export interface MasterVerbsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly documents: DocumentCache;
}

export function createMasterVerbs(driver: SqlDriver, { clock, documents }: MasterVerbsOptions): MasterStore {
  async function loadDefinition(workflowId: WorkflowId, version: number): Promise<RunDefinition | undefined> {
    const found = await one(driver, RUN_DOCUMENT, [workflowId, version]);
    if (found === undefined) return undefined;
    const contentHash = String(found.content_hash);
    const document =
      documents.get(contentHash) ?? (await readDocument(driver, documents, { workflowId, version, contentHash }));
    if (document === undefined) return undefined;
    return {
      projectName: String(found.project_name),
      projectParams: paramTexts(JSON.parse(String(found.project_params)) as readonly ParamDefinition[]),
      document,
    };
  }

  return {
    workers: createWorkerVerbs(driver),
    others: createOtherRunVerbs(driver, documents),
    reconcile: createReconcileVerbs(driver),
    retention: createRetentionVerbs(driver),
    ...createTakenVerbs(driver),
    async commit(epoch, unit) {
      const { statements, numberAt } = commitStatements(epoch, unit, clock.now());
      const results = await driver.write(statements);
      return { number: numberAt === null ? null : Number(results[numberAt]!.rows[0]!.number) };
    },
    async loadRun(id: WorkflowInstanceId) {
      const found = await one(driver, INSTANCE, [id]);
      if (found === undefined) return undefined;
      const instance = INSTANCES.read(found);
      const [tasks, outbox, definition] = await Promise.all([
        many(driver, RUN_TASKS, [id]),
        many(driver, RUN_OUTBOX, [id]),
        loadDefinition(instance.workflowId, instance.version),
      ]);
      // The history of a deleted workflow stays, but there is no document to run it by.
      return definition && { ...definition, instance, tasks: tasks.map(TASKS.read), outbox: outbox.map(OUTBOX.read) };
    },
    loadDefinition,
    async openInstances({ after, limit }) {
      checkLimit(limit);
      const from = decodeCursor({ limit, cursor: after }, 'text');
      const rows =
        from === null
          ? await many(driver, `${OPEN} order by id limit ?`, [limit + 1])
          : await many(driver, `${OPEN} and id > ? order by id limit ?`, [from, limit + 1]);
      const ids = rows.map((row) => row.id as WorkflowInstanceId);
      return toPage(ids, limit, (id) => id);
    },
    async pendingCommands(limit) {
      return (await many(driver, PENDING, [limit])).map((row) => fromStored(COMMANDS.read(row)));
    },
    async noteLostServer(epoch, event, alert) {
      const told = statement(TELL_ONCE, [...NEW_EVENTS.args(event), alert.id]);
      await driver.write([fence(epoch), told, fileAlert(alert)]);
    },
    async rejectCommand(epoch, id, outcome) {
      await driver.write([fence(epoch), endCommand({ id, outcome }, clock.now())]);
    },
    async settle(epoch) {
      await driver.write([fence(epoch)]);
    },
    async findDispatch(dispatchId) {
      const row = await one(driver, DISPATCH, [dispatchId]);
      return (
        row && {
          workflowInstanceId: row.workflow_instance_id as WorkflowInstanceId,
          projectId: row.project_id as ProjectId,
          taskInstanceId: row.id as TaskInstanceId,
          taskName: String(row.name),
          state: row.state as TaskState,
          workerId: row.worker_id as WorkerId | null,
        }
      );
    },
  };
}

function endCommand({ id, outcome }: { readonly id: CommandId; readonly outcome: string }, now: number): SqlStatement {
  return statement(END_COMMAND, [now, outcome, id], 1);
}

function commitStatements(
  epoch: Epoch,
  unit: RunCommit,
  now: number,
): { readonly statements: readonly SqlStatement[]; readonly numberAt: number | null } {
  const statements: SqlStatement[] = [fence(epoch)];
  let numberAt: number | null = null;
  const { instance } = unit;

  const { filing } = unit;
  // What is filed and changed in one unit is written once, as it is then.
  if (filing) {
    const done = unit.commandsDone.find(({ id }) => id === filing.command.id);
    const ended = done && { doneAt: now, outcome: done.outcome };
    statements.push(...filingStatements({ ...filing, instance: instance ?? filing.instance }, ended));
  }
  for (const done of unit.commandsDone) if (done.id !== filing?.command.id) statements.push(endCommand(done, now));
  if (instance !== null && !filing) statements.push(statement(INSTANCES.update, INSTANCES.updateArgs(instance), 1));
  if (unit.assignNumber) {
    if (instance === null) throw new AppError('internal', 'A number can be given only with the instance it is for.');
    statements.push(statement(NEXT_NUMBER, [instance.workflowId], 1));
    numberAt = statements.length;
    statements.push(statement(SET_NUMBER, [instance.id], 1));
  }
  // Changed before new: the old attempt stops being current before its successor becomes it.
  for (const task of slotsLast(unit.changedTasks)) {
    const before = unit.writtenBefore.get(task.id);
    if (before === undefined) statements.push(statement(TASKS.update, TASKS.updateArgs(task), 1));
    else statements.push({ ...TASKS.updateFrom(before, task), expectChanges: 1 });
  }
  for (const task of unit.newTasks) statements.push(statement(TASKS.insert, TASKS.args(task)));
  for (const events of byRun(unit.events)) {
    const { projectId, workflowInstanceId } = events[0]!;
    statements.push(statement(INSERT_EVENTS, [projectId, workflowInstanceId, eventsAsJson(events)]));
  }
  for (const child of unit.newRuns) statements.push(...filingStatements(child));
  for (const command of unit.newCommands) statements.push(fileCommand(command));
  for (const alert of unit.newAlerts) statements.push(fileAlert(alert));
  for (const order of unit.outboxPut) statements.push(statement(PUT_OUTBOX, OUTBOX.args(order)));
  for (const dispatchId of unit.outboxDone) statements.push(statement(DROP_OUTBOX, [dispatchId]));
  return { statements, numberAt };
}

/** Events of one run that follow each other: nearly always all of them. */
function byRun(events: readonly NewEvent[]): readonly (readonly NewEvent[])[] {
  const groups: NewEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    const before = last?.[0];
    if (before?.workflowInstanceId === event.workflowInstanceId && before.projectId === event.projectId)
      last!.push(event);
    else groups.push([event]);
  }
  return groups;
}

function eventsAsJson(events: readonly NewEvent[]): string {
  return JSON.stringify(events.map(({ type, taskInstanceId, at, data }) => [type, taskInstanceId, at, data]));
}
