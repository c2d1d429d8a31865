/** Verbs on runs as people look at them, and the one that files a run. */
import { AppError, type WorkflowState } from '@vaquita/core';
import type { InstanceStore } from '../ports/api.ts';
import type { SqlDriver, SqlStatement } from '../ports/driver.ts';
import type { Filing } from '../ports/master.ts';
import { many, one, statement, writeOr } from '../sql/access.ts';
import { checkLimit, decodeCursor, encodeCursor, toPage } from '../sql/page.ts';
import { AUDIT, COMMANDS, type CommandEnd, ENDED_COMMANDS, INSTANCES, NEW_EVENTS, TASKS } from '../sql/tables.ts';
import { toStored } from './commands.ts';
import { endOfLook, lookedThrough, rangeOf, selectInstances } from './select-instances.ts';

const SELECT = `select ${INSTANCES.columns} from workflow_instances`;
/** The run is filed only while its version is there, so that a workflow deleted meanwhile gets no run. */
const START = `${INSTANCES.insertSelect} where exists (
    select 1 from workflow_versions where workflow_id = ? and version = ?)`;
const TASKS_OF_RUN = `select ${TASKS.columns} from task_instances where workflow_instance_id = ? order by id`;
const TASK_PAGE = `select ${TASKS.columns} from task_instances where workflow_instance_id = ? and id > ? order by id limit ?`;
const COUNTS = 'select state, count(*) as n from workflow_instances where created_at >= ? group by state';
/** Along the index of creation and state, the newest first, and no further than is asked. */
const SPANS = `with counted as (
    select created_at, state from workflow_instances where created_at >= ? order by created_at desc limit ?)
  select created_at - created_at % ? as at, state, count(*) as n, min(created_at) as oldest from counted group by 1, 2 order by 1`;
const SET_ASIDE = `${SELECT} indexed by workflow_instances_aside where quarantine is not null order by id desc limit ?`;

/**
 * What files a run: its row, its start command, its first event, and who asked for it.
 * @param ended how the command ended, when that is written in the same unit
 */
export function filingStatements(
  { instance, command, event, audit }: Filing,
  ended?: CommandEnd,
): readonly SqlStatement[] {
  const stored = toStored(command);
  return [
    statement(START, [...INSTANCES.args(instance), instance.workflowId, instance.version], 1),
    ended
      ? statement(ENDED_COMMANDS.insert, ENDED_COMMANDS.args({ ...stored, ...ended }))
      : statement(COMMANDS.insert, COMMANDS.args(stored)),
    statement(NEW_EVENTS.insert, NEW_EVENTS.args(event)),
    ...(audit ? [statement(AUDIT.insert, AUDIT.args(audit))] : []),
  ];
}

export function createInstanceVerbs(driver: SqlDriver): InstanceStore {
  async function find(id: string) {
    const row = await one(driver, `${SELECT} where id = ?`, [id]);
    return row && INSTANCES.read(row);
  }

  return {
    find,
    async start(instance, command, event, audit) {
      const { id, version, workflowName } = instance;
      await writeOr(driver, filingStatements({ instance, command, event, audit }), async () =>
        (await find(id)) === undefined
          ? new AppError('conflict', `Version ${version} of workflow ${workflowName} is no longer there.`)
          : new AppError('conflict', `The run ${id} has been filed already.`),
      );
    },
    async list(filter, page) {
      const limit = checkLimit(page.limit);
      const range = rangeOf(filter, decodeCursor(page, 'text'));
      const origin = lookedThrough(filter);
      const end = origin === undefined ? null : await endOfLook(driver, origin, range);
      const rows = await driver.query(selectInstances(filter, { ...range, from: end ?? range.from }, limit + 1));
      const found = toPage(rows.map(INSTANCES.read), limit, (row) => row.id);
      // A short page whose look was cut off goes on after the last run that was looked at.
      return found.next === null && end !== null ? { ...found, next: encodeCursor(end) } : found;
    },
    async tasks(id) {
      return (await many(driver, TASKS_OF_RUN, [id])).map(TASKS.read);
    },
    async taskPage(id, page) {
      const limit = checkLimit(page.limit);
      const rows = await many(driver, TASK_PAGE, [id, decodeCursor(page, 'text') ?? '', limit + 1]);
      return toPage(rows.map(TASKS.read), limit, (row) => row.id);
    },
    async task(id) {
      const row = await one(driver, `select ${TASKS.columns} from task_instances where id = ?`, [id]);
      return row && TASKS.read(row);
    },
    async countsOverTime({ since, everyMs, most }) {
      const rows = await many(driver, SPANS, [since, most + 1, everyMs]);
      const spans = rows.map((row) => ({
        at: Number(row.at),
        state: row.state as WorkflowState,
        count: Number(row.n),
      }));
      const all = spans.reduce((sum, { count }) => sum + count, 0);
      return { spans, from: all > most ? Math.min(...rows.map((row) => Number(row.oldest))) : null };
    },
    async setAside(limit) {
      return (await many(driver, SET_ASIDE, [checkLimit(limit)])).map(INSTANCES.read);
    },
    async countsByState(since) {
      const counts: Partial<Record<WorkflowState, number>> = {};
      for (const row of await many(driver, COUNTS, [since])) counts[row.state as WorkflowState] = Number(row.n);
      return counts;
    },
  };
}
