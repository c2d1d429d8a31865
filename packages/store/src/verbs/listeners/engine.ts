/** Everything the leader's listener engine asks of the database. */
import type { ListenerEngineStore, NewAlert } from '@vaquita/core';
import type { SqlDriver } from '../../ports/driver.ts';
import { fence } from '../../sql/fence.ts';
import { fileAlert, fileAlertIf } from '../alerts.ts';
import { createListenerLog, markRead } from './log.ts';
import { createListenerProgress } from './progress.ts';
import { createEventRecord } from './record.ts';

const IS_NOT_OPEN = `where coalesce(
  (select json_extract(message, '$.state') from alerts where subject = ? order by id desc limit 1), 'resolved') <> 'open'`;

export function createListenerEngineStore(driver: SqlDriver): ListenerEngineStore {
  return {
    ...createListenerProgress(driver),
    record: createEventRecord(driver),
    openLog: (epoch) => createListenerLog(driver, epoch),
    async markRead(epoch, position) {
      await driver.write([fence(epoch), markRead(position)]);
    },
    async fileAlert(epoch, alert: NewAlert) {
      const { subject, state } = alert.message;
      const file = state === 'open' ? fileAlertIf(alert, IS_NOT_OPEN, [subject]) : fileAlert(alert);
      const [, filed] = await driver.write([fence(epoch), file]);
      return filed!.changes === 1;
    },
  };
}
