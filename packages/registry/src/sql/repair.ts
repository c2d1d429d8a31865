/** Puts right whatever the findings of the inspection name, as one unit: from the state it finds, not from what was seen. */
import type { SqlStatement } from '@vaquita/store';
import { LOCK_VALUE } from './texts.ts';

export function createRepair(now: string): readonly SqlStatement[] {
  const gone = 'not exists (select 1 from registry_clients as c where c.id = client_id)';
  const data = `registry_data where kind = 'ephemeral' and ${gone}`;
  const locks = `client_id is not null and ${gone}`;
  const tell = 'insert into registry_events (type, key, value, client_id, created_at)';
  return [
    // Gap and cursors first, so that everybody hears of what is told below.
    `delete from registry_events where id < (select max(id) from (
      select id, lag(id) over (order by id) as before from registry_events) where id <> before + 1)`,
    `delete from registry_subscribers where ${gone}`,
    `update registry_subscribers set last_event_id = (select coalesce(max(id), 0) from registry_events), updated_at = ${now}
      where last_event_id > (select coalesce(max(id), 0) from registry_events)`,
    `${tell} select 'removed', key, value, client_id, ${now} from ${data} order by key`,
    `delete from ${data}`,
    `${tell} select 'removed', key, ${LOCK_VALUE}, client_id, ${now} from registry_locks where ${locks} order by key`,
    `update registry_locks set client_id = null, updated_at = ${now} where ${locks}`,
  ].map((sql) => ({ sql, args: [] }));
}
