/** A few statements as one transaction in one request, all or nothing. */
import type { SqlStatement } from '../../ports/driver.ts';
import {
  type HranaBatchResult,
  type HranaError,
  type HranaRequest,
  type HranaResult,
  type HranaStatementResult,
  type HranaStep,
  toHrana,
} from './hrana.ts';

export function transaction(statements: readonly SqlStatement[]): HranaRequest {
  const plain = (sql: string) => toHrana({ sql, args: [] });
  const inside = [...statements.map(toHrana), plain('COMMIT')];
  const steps: HranaStep[] = [
    { stmt: plain('BEGIN IMMEDIATE') },
    ...inside.map((stmt, i) => ({ stmt, condition: { type: 'ok', step: i } }) as const),
    { stmt: plain('ROLLBACK'), condition: { type: 'not', cond: { type: 'is_autocommit' } } },
  ];
  return { type: 'batch', batch: { steps } };
}

/** The results of the statements, or the error for which nothing was done. */
export function transactionResult(
  result: HranaResult,
): { readonly results: readonly HranaStatementResult[] } | { readonly error: HranaError } {
  if (result.type === 'error') return result;
  const { step_results: results, step_errors: errors } = batchResult(result);
  const error = errors.find((found) => found !== null);
  if (error) return { error };
  return { results: results.slice(1, -2).filter((found) => found !== null) };
}

export function batchResult(result: HranaResult & { readonly type: 'ok' }): HranaBatchResult {
  return result.response.result as HranaBatchResult;
}
