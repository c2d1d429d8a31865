/** An item as people see it: the SQL of `shownItemState`, and rows with their run. */
import type { BackfillItemRow, BackfillItemState, WorkflowState } from '@vaquita/core';
import type { ShownBackfillItem } from '../../ports/backfills.ts';
import type { SqlRow } from '../../ports/driver.ts';
import { BACKFILL_ITEMS } from '../../sql/tables.ts';

export const SHOWN_STATE = `case when r.state is null or backfill_items.state not in ('running', 'success', 'failure')
    then backfill_items.state
  when r.state = 'success' then 'success' when r.state in ('failure', 'stopped') then 'failure' else 'running' end`;
export const WITH_RUN = 'backfill_items left join workflow_instances r on r.id = backfill_items.workflow_instance_id';
export const SHOWN_COLUMNS = `${BACKFILL_ITEMS.columns}, ${SHOWN_STATE} as shown_state, r.state as run_state, r.number as run_number`;

export function readShown(row: SqlRow): ShownBackfillItem {
  const item: BackfillItemRow = BACKFILL_ITEMS.read(row);
  const id = item.workflowInstanceId;
  const state = row.run_state as WorkflowState | null;
  return {
    ...item,
    state: row.shown_state as BackfillItemState,
    run: id === null ? null : { id, number: row.run_number as number | null, state },
  };
}
