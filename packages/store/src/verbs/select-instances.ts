/**
 * The statements of the list of runs. Each reads bounded ranges of one index, newest first, whatever the size of the table.
 *
 * What schedules, backfills or triggers have started is found by an index of its own that knows neither states nor
 * workflows: with those asked for too, at most LOOK of its runs are looked at for a page, which may then be short.
 */
import { firstIdAt } from '@vaquita/core';
import type { InstanceFilter } from '../ports/api.ts';
import type { SqlDriver, SqlStatement, SqlValue } from '../ports/driver.ts';
import { one, statement } from '../sql/access.ts';
import { INSTANCES } from '../sql/tables.ts';

/** How many runs are looked at for one page where no index knows all that is asked for. */
const LOOK = 2000;
const SELECT = `select ${INSTANCES.columns} from workflow_instances`;

/** Ids of runs begin with the time at which they were made. */
export interface IdRange {
  /** The first that is meant; null: from the oldest on. */
  readonly from: string | null;
  /** The first that is no longer meant; null: up to the newest. */
  readonly before: string | null;
}

/** @param cursor the last id of the page before */
export function rangeOf({ from, to }: InstanceFilter, cursor: string | null): IdRange {
  const end = to === undefined ? null : firstIdAt(to);
  const before = cursor === null || end === null ? (cursor ?? end) : cursor < end ? cursor : end;
  return { from: from === undefined ? null : firstIdAt(from), before };
}

/** The origin whose runs are looked at one by one; undefined where an index answers everything. */
export function lookedThrough(filter: InstanceFilter): Origin | undefined {
  const { origin, states, projectId, workflowId, parentId, number } = filter;
  if (parentId !== undefined || number !== undefined) return undefined;
  return states === undefined && projectId === undefined && workflowId === undefined ? undefined : origin;
}

/** The id of the last run that is looked at for a page; null when all that are left can be. */
export async function endOfLook(driver: SqlDriver, origin: Origin, range: IdRange): Promise<string | null> {
  const { where, args } = ofOrigin(origin, range).written();
  const sql = `select id from workflow_instances ${where} order by id desc limit 1 offset ${LOOK - 1}`;
  const row = await one(driver, sql, args);
  return row === undefined ? null : String(row.id);
}

/** Newest first. @param limit how many rows at most */
export function selectInstances(filter: InstanceFilter, range: IdRange, limit: number): SqlStatement {
  const { origin, parentId, number, states } = filter;
  if (number !== undefined) return selectNumber(filter, number, range);
  if (parentId !== undefined) {
    // Few enough that its index does the work and everything else is looked at row by row.
    const children = conditions().and('parent_instance_id = ?', parentId).in(range);
    return newest(alsoOf(children, filter, 'parentId'), limit);
  }
  if (origin !== undefined) return newest(alsoOf(ofOrigin(origin, range), filter, 'origin'), limit);
  if (states === undefined) return newest(scopeOf(filter).in(range), limit);
  return selectStates(filter, states, range, limit);
}

/** A workflow is of one project; when both are given the workflow's index does the work. */
function scopeOf({ workflowId, projectId }: InstanceFilter): Conditions {
  const scope = conditions();
  if (workflowId !== undefined) scope.and('workflow_id = ?', workflowId);
  if (projectId !== undefined) scope.and(workflowId === undefined ? 'project_id = ?' : '+project_id = ?', projectId);
  return scope;
}

/** What the index that is read does not know is looked at row by row. */
function alsoOf(found: Conditions, filter: InstanceFilter, known: 'number' | 'parentId' | 'origin'): Conditions {
  const { workflowId, projectId, states, parentId, origin } = filter;
  if (workflowId !== undefined && known !== 'number') found.and('+workflow_id = ?', workflowId);
  if (projectId !== undefined) found.and('+project_id = ?', projectId);
  if (states !== undefined) found.and('+state in (select value from json_each(?))', JSON.stringify(states));
  if (parentId !== undefined && known !== 'parentId') found.and('+parent_instance_id = ?', parentId);
  if (origin !== undefined && known !== 'origin') found.and(`+${columnOf(origin)} = ?`, wordOf(origin));
  return found;
}

/** One run of a workflow at most. */
function selectNumber(filter: InstanceFilter, number: number, { before, from }: IdRange): SqlStatement {
  if (filter.workflowId === undefined) return statement(`${SELECT} where 0`);
  const found = conditions().and('workflow_id = ?', filter.workflowId).and('number = ?', number);
  if (before !== null) found.and('+id < ?', before);
  if (from !== null) found.and('+id >= ?', from);
  const { where, args } = alsoOf(found, filter, 'number').written();
  return statement(`${SELECT} ${where}`, args);
}

type Origin = NonNullable<InstanceFilter['origin']>;
const columnOf = (origin: Origin) => ('id' in origin ? 'origin_id' : 'origin_kind');
const wordOf = (origin: Origin) => ('id' in origin ? origin.id : origin.kind);

function ofOrigin(origin: Origin, range: IdRange): Conditions {
  return conditions()
    .and(`${columnOf(origin)} = ?`, wordOf(origin))
    .in(range);
}

/**
 * Several states are read as one bounded range of an index each and merged: a single `state in (…)` would make SQLite
 * sort all runs of these states for each page.
 */
function selectStates(
  filter: InstanceFilter,
  wanted: NonNullable<InstanceFilter['states']>,
  range: IdRange,
  limit: number,
): SqlStatement {
  const states = [...new Set(wanted)];
  if (states.length === 0) return statement(`${SELECT} where 0`);
  const each = states.map((state) => scopeOf(filter).and('state = ?', state).in(range).written());
  const perState = ({ where }: { readonly where: string }) =>
    `select * from (select id from workflow_instances ${where} order by id desc limit ?)`;
  const sql = `${SELECT} where id in (select id from (${each.map(perState).join(' union all ')}) order by id desc limit ?)
    order by id desc`;
  return statement(sql, [...each.flatMap(({ args }) => [...args, limit]), limit]);
}

function newest(found: Conditions, limit: number): SqlStatement {
  const { where, args } = found.written();
  return statement(`${SELECT} ${where} order by id desc limit ?`, [...args, limit]);
}

interface Conditions {
  and(part: string, value: SqlValue): Conditions;
  in(range: IdRange): Conditions;
  written(): { readonly where: string; readonly args: readonly SqlValue[] };
}

function conditions(): Conditions {
  const parts: string[] = [];
  const args: SqlValue[] = [];
  const found: Conditions = {
    and(part, value) {
      parts.push(part);
      args.push(value);
      return found;
    },
    in({ before, from }) {
      if (before !== null) found.and('id < ?', before);
      if (from !== null) found.and('id >= ?', from);
      return found;
    },
    written: () => ({ where: parts.length === 0 ? '' : `where ${parts.join(' and ')}`, args }),
  };
  return found;
}
