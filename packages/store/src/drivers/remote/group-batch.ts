/**
 * A group of units as one Hrana batch, which is one transaction in one round trip, and its answer as outcomes.
 *
 * G1  Each unit stands in a savepoint and fails alone.
 * G2  Nothing runs outside the transaction: a SAVEPOINT there would begin one of its own. Hence `isOpen` wherever the step
 *     before may have ended it (disk full, lock taken away).
 * G3  The group is written only if its turn is: see `writer-turns.ts`.
 */
import type { SqlStatement, WriteResult } from '../../ports/driver.ts';
import { changedOtherwise, type Outcome, type Waiting } from '../write-queue.ts';
import { isBusyError, mapServerError } from './errors.ts';
import {
  type HranaBatchResult,
  type HranaCondition,
  type HranaError,
  type HranaRequest,
  type HranaStatementResult,
  type HranaStep,
  rowsOf,
  toHrana,
} from './hrana.ts';

export type GroupOutcome =
  | { readonly kind: 'written'; readonly outcomes: readonly Outcome[] }
  /** Nothing was written. */
  | { readonly kind: 'failed'; readonly error: HranaError; readonly isPassing: boolean }
  /** The answer does not say: another delivery of the same request may have been first. */
  | { readonly kind: 'unclear' };

export interface GroupBatch {
  readonly request: HranaRequest;
  read(answer: HranaBatchResult): GroupOutcome;
}

interface UnitSteps {
  /** Of each statement. */
  readonly at: readonly number[];
  /** Of the check after a statement, by its position in the unit. */
  readonly checks: ReadonlyMap<number, number>;
}

const BEGIN = 0;
const TURN = 1;
const isOpen: HranaCondition = { type: 'not', cond: { type: 'is_autocommit' } };
const ok = (step: number): HranaCondition => ({ type: 'ok', step });
const not = (cond: HranaCondition): HranaCondition => ({ type: 'not', cond });
const all = (...conds: readonly HranaCondition[]): HranaCondition => ({ type: 'and', conds });
const either = (...conds: readonly HranaCondition[]): HranaCondition => ({ type: 'or', conds });

/** Fails, by an overflow, unless the statement before has changed so many rows. */
const CHECK_CHANGES = 'select iif(changes() = ?, 0, abs(-9223372036854775807 - 1))';

/** @param server The database, as errors name it. */
export function createGroupBatch(group: readonly Waiting[], turn: SqlStatement, server: string): GroupBatch {
  const steps: HranaStep[] = [];
  function step(statement: SqlStatement | string, condition?: HranaCondition): number {
    const stmt = toHrana(typeof statement === 'string' ? { sql: statement, args: [] } : statement);
    return steps.push(condition === undefined ? { stmt } : { stmt, condition }) - 1;
  }

  step('BEGIN IMMEDIATE');
  step(turn, ok(BEGIN));
  // A group of one needs no savepoint: it fails with the transaction.
  let last = TURN;
  const units = group.map(({ unit }) => (group.length === 1 ? addUnit(unit) : addSavedUnit(unit)));
  const commit = step('COMMIT', all(ok(last), isOpen));
  step('ROLLBACK', isOpen);

  function addUnit(unit: readonly SqlStatement[]): UnitSteps {
    const at: number[] = [];
    const checks = new Map<number, number>();
    for (const [position, statement] of unit.entries()) {
      last = step(statement, ok(last));
      at.push(last);
      if (statement.expectChanges === undefined) continue;
      last = step({ sql: CHECK_CHANGES, args: [statement.expectChanges] }, ok(last));
      checks.set(position, last);
    }
    return { at, checks };
  }

  /** The release is what the next step rests on: a failure that could not be undone ends the group. */
  function addSavedUnit(unit: readonly SqlStatement[]): UnitSteps {
    const begun = step('SAVEPOINT unit', all(ok(last), isOpen));
    last = begun;
    const added = addUnit(unit);
    const done = last;
    const undone = step('ROLLBACK TO unit', all(ok(begun), not(ok(done)), isOpen));
    last = step('RELEASE unit', all(either(ok(done), ok(undone)), isOpen));
    return added;
  }

  function read({ step_results: results, step_errors: errors }: HranaBatchResult): GroupOutcome {
    const failed = (error: HranaError): GroupOutcome => ({ kind: 'failed', error, isPassing: isBusyError(error) });
    if (errors[BEGIN]) return failed(errors[BEGIN]);
    if (errors[TURN]) return isBusyError(errors[TURN]) ? failed(errors[TURN]) : { kind: 'unclear' };
    if (errors[commit]) return failed(errors[commit]);
    const outcomes = group.map((waiting, i) => readUnit(waiting, units[i]!, { results, errors, server }));
    if (results[commit]) return { kind: 'written', outcomes };
    // The one unit of the group failed by itself, or something ended the transaction.
    const [only] = outcomes;
    if (group.length === 1 && only && 'error' in only && !isLostWith(errors)) return { kind: 'written', outcomes };
    const cause = errors.find((error) => error && isEnding(error)) ?? errors.findLast((error) => error);
    return failed(cause ?? { message: 'the transaction ended before its commit', code: 'TRANSACTION_TIMEOUT' });
  }

  return { request: { type: 'batch', batch: { steps } }, read };
}

/** Errors after which SQLite may have ended the transaction by itself. */
function isEnding(error: HranaError): boolean {
  return isBusyError(error) || /^SQLITE_(FULL|IOERR|NOMEM|INTERRUPT)/.test(error.code ?? '');
}

function isLostWith(errors: readonly (HranaError | null)[]): boolean {
  return errors.some((error) => error && isEnding(error));
}

function readUnit(
  waiting: Waiting,
  { at, checks }: UnitSteps,
  {
    results,
    errors,
    server,
  }: {
    readonly results: readonly (HranaStatementResult | null)[];
    readonly errors: readonly (HranaError | null)[];
    readonly server: string;
  },
): Outcome {
  const written: WriteResult[] = [];
  for (const [position, step] of at.entries()) {
    const error = errors[step];
    if (error) return { waiting, error: mapServerError(error, server) };
    const result = results[step];
    if (!result) break;
    const rows = rowsOf(result);
    const changes = result.cols.length > 0 ? rows.length : result.affected_row_count;
    const check = checks.get(position);
    if (check !== undefined && errors[check]) {
      return { waiting, error: changedOtherwise(position, changes, waiting.unit[position]!.expectChanges!) };
    }
    written.push({ changes, rows });
  }
  return { waiting, results: written };
}
