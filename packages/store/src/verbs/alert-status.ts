/** What an alert's status and reason are, from its deliveries; `alertStatusOf` and `alertReasonOf` say the same. */
import type { AlertId } from '@vaquita/core';
import type { SqlStatement } from '../ports/driver.ts';
import { statement } from '../sql/access.ts';

export const IDS = '(select value from json_each(?))';

const DERIVE = `update alerts set updated_at = ?,
    status = (select case
        when sum(status in ('waiting', 'sending', 'retry')) > 0 then 'sending'
        when sum(status = 'failed') = 0 then 'sent'
        when sum(status = 'sent') = 0 then 'failed'
        else 'partly_sent' end
      from alert_deliveries where alert_id = alerts.id),
    reason = (select group_concat(channel_name || ': ' || reason, '; ') from (
        select channel_name, reason from alert_deliveries where alert_id = alerts.id and status = 'failed'
        order by channel_name, id))
  where id in ${IDS}`;
const DERIVE_OF = DERIVE.replace(IDS, '(select alert_id from alert_deliveries where id = ?)');

export function deriveAlerts(ids: readonly AlertId[], now: number): SqlStatement {
  return statement(DERIVE, [now, JSON.stringify(ids)]);
}

export function deriveAlertOf(delivery: string, now: number): SqlStatement {
  return statement(DERIVE_OF, [now, delivery]);
}
