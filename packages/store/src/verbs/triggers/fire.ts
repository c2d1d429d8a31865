/** The unit that acts on what a trigger has noticed: its record and its run, or neither. */
import { AppError } from '@vaquita/core';
import type { SqlDriver, SqlStatement } from '../../ports/driver.ts';
import type { FireAnswer, TriggerFire } from '../../ports/triggers.ts';
import { one, statement } from '../../sql/access.ts';
import { FIRINGS } from '../../sql/tables.ts';
import { filingStatements } from '../instances.ts';

/** The claim: one firing for each key, while the trigger is as it was read. What was refused may be tried again. */
const CLAIM = `${FIRINGS.insertSelect} from triggers where id = ? and revision = ? and online = 1
  on conflict (trigger_id, key) do update set outcome = excluded.outcome, reason = excluded.reason,
    workflow_instance_id = excluded.workflow_instance_id, about = excluded.about, chain = excluded.chain, at = excluded.at
  where trigger_firings.outcome = 'refused'`;
export const FIRING = `select ${FIRINGS.columns} from trigger_firings where trigger_id = ? and key = ?`;

export function fireStatements({ trigger, firing, run }: TriggerFire): readonly SqlStatement[] {
  return [
    statement(CLAIM, [...FIRINGS.args(firing), trigger.id, trigger.revision], 1),
    ...(run === null ? [] : filingStatements(run)),
  ];
}

/** Writes a unit that holds these statements, and says what was in the way when it is refused. */
export async function fireOnce(
  driver: SqlDriver,
  { firing }: TriggerFire,
  unit: readonly SqlStatement[],
): Promise<FireAnswer> {
  try {
    await driver.write(unit);
    return { answer: 'fired' };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'conflict') throw thrown;
    const row = await one(driver, FIRING, [firing.triggerId, firing.key]);
    const known = row && FIRINGS.read(row);
    // Else the trigger, or the version its run was to have, is not as it was read.
    return known && known.outcome !== 'refused' ? { answer: 'known', firing: known } : { answer: 'changed' };
  }
}
