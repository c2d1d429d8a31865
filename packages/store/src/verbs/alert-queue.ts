/** Verbs of the alert engine; `AlertQueue` says what holds (Q1 to Q4). Taking up, upkeep and what people ask. */
import {
  type AlertDeliveryId,
  type AlertId,
  type AlertIntake,
  type AlertQueue,
  type AlertRecords,
  type AlertUpkeep,
  AppError,
  firstIdAt,
  type LostClaim,
  type TakenAlert,
} from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement } from '../ports/driver.ts';
import { many, one, statement, writeOr } from '../sql/access.ts';
import { fence } from '../sql/fence.ts';
import { ALERT_CHANNELS, ALERT_DELIVERIES, ALERTS } from '../sql/tables.ts';
import { createAlertDispatchVerbs, PENDING } from './alert-dispatch.ts';
import { deriveAlerts, IDS } from './alert-status.ts';
import { readGroup, SELECT_GROUPS } from './alert-targets.ts';

const WAITING = `select ${ALERTS.columns} from alerts indexed by alerts_waiting
  where status = 'waiting' and rowid > coalesce((select rowid from alerts where id = ?), 0) order by rowid limit ?`;
const GROUPS = `${SELECT_GROUPS} order by alert_groups.name`;
const CHANNELS = `select ${ALERT_CHANNELS.columns} from alert_channels where id in ${IDS} order by name`;

const FOLD = `update alerts set status = 'folded', folded_into = ?, updated_at = ? where id in ${IDS} and status = 'waiting'`;
const GROW = `update alerts set message = ?, severity = ?, count = ?, first_at = ?, last_at = ?, updated_at = ?
  where id = ? and status = 'waiting'`;
const TAKE = `update alerts set status = ?, reason = ?, updated_at = ? where id = ? and status = 'waiting'`;

const LOST = `status = 'sending' and id not in ${IDS}
  and (claimed_at < ? or claimed_by is null or claimed_by not in ${IDS})`;
const FIND_LOST = `select id, attempt, channel_name, claimed_by, claimed_at from alert_deliveries
  indexed by alert_deliveries_sending where ${LOST} order by claimed_at limit ?`;
const TAKE_BACK = `update alert_deliveries set status = 'retry', next_attempt_at = ?, claimed_by = null, claimed_at = null,
  reason = ?, updated_at = ? where id in ${IDS} and ${LOST} returning id`;
const FIND_UNREACHABLE = `select id, alert_id from alert_deliveries
  where ${PENDING} and channel_id not in (select id from alert_channels) limit ?`;
const GIVE_UP = `update alert_deliveries set status = 'failed', reason = ?, updated_at = ? where id in ${IDS} and ${PENDING}`;

const OVER = "status in ('folded', 'sent', 'partly_sent', 'failed')";
/** Along the ids, which are in order of time; the plus keeps the index of the status out of it. */
const FIND_OVER = `select id from alerts a where id < ? and +${OVER} and not exists (
    select 1 from alerts h where h.id = a.folded_into and h.status in ('waiting', 'sending')) order by id limit ?`;
const PURGE_DELIVERIES = `delete from alert_deliveries where alert_id in (select id from alerts where id in ${IDS} and ${OVER})`;
const PURGE_ALERTS = `delete from alerts where id in ${IDS} and ${OVER}`;

const COUNT_WAITING =
  "select count(*) as n, min(created_at) as oldest from alerts indexed by alerts_waiting where status = 'waiting'";
const COUNT_UNDELIVERED =
  "select min(created_at) as oldest from alerts indexed by alerts_undelivered where status = 'sending'";
const COUNT_QUEUED = `select count(*) as n from alert_deliveries indexed by alert_deliveries_due where ${PENDING}`;
const COUNT_SENDING =
  "select count(*) as n from alert_deliveries indexed by alert_deliveries_sending where status = 'sending'";
const CANARIES = 'select name, last_delivered_at from alert_channels order by name';

const ALERT = `select ${ALERTS.columns} from alerts where id = ?`;
const DELIVERIES = `select ${ALERT_DELIVERIES.columns} from alert_deliveries where alert_id = ? order by channel_name, id`;
const BEGIN_ANEW = `update alert_deliveries set status = 'waiting', attempt = 0, next_attempt_at = ?, reason = null, updated_at = ?
  where alert_id = ? and status = 'failed'`;
const REOPEN = `update alerts set reason = null, updated_at = ?,
    status = case when exists (select 1 from alert_deliveries where alert_id = alerts.id) then 'sending' else 'waiting' end
  where id = ? and (exists (select 1 from alert_deliveries where alert_id = alerts.id and status = 'failed')
    or (status = 'failed' and not exists (select 1 from alert_deliveries where alert_id = alerts.id)))`;

export const CLAIM_LOST = 'Whoever sent it has stopped before it came to an end; it is tried again';
export const CHANNEL_GONE = 'The channel was removed before it was told';

export function createAlertQueueVerbs(driver: SqlDriver): AlertQueue & AlertRecords {
  return {
    ...intakeVerbs(driver),
    ...createAlertDispatchVerbs(driver),
    ...upkeepVerbs(driver),
    ...recordVerbs(driver),
  };
}

function intakeVerbs(driver: SqlDriver): AlertIntake {
  return {
    async waiting(after, limit) {
      return (await many(driver, WAITING, [after, limit])).map(ALERTS.read);
    },
    async groups() {
      return (await many(driver, GROUPS)).map(readGroup);
    },
    async channels(ids) {
      return (await many(driver, CHANNELS, [JSON.stringify(ids)])).map(ALERT_CHANNELS.read);
    },
    async takeUp(epoch, { folds, taken, now }) {
      const folding = folds.flatMap(({ into, ids, message }) => {
        const { severity, count, firstAt, lastAt } = message;
        return [
          statement(FOLD, [into, now, JSON.stringify(ids)], ids.length),
          statement(GROW, [JSON.stringify(message), severity, count, firstAt, lastAt, now, into], 1),
        ];
      });
      await driver.write([fence(epoch), ...folding, ...taken.flatMap((alert) => takeStatements(alert, now))]);
    },
  };
}

function takeStatements({ id, deliveries, reason }: TakenAlert, now: number): readonly SqlStatement[] {
  const status = deliveries.length === 0 ? 'failed' : 'sending';
  return [
    statement(TAKE, [status, reason, now, id], 1),
    ...deliveries.map((given) =>
      statement(
        ALERT_DELIVERIES.insert,
        ALERT_DELIVERIES.args({
          ...given,
          alertId: id,
          status: 'waiting',
          ...{ attempt: 0, nextAttemptAt: now, createdAt: now, updatedAt: now },
          ...{ claimedBy: null, claimedAt: null, answer: null, reason: null, sentAt: null },
        }),
      ),
    ),
  ];
}

function upkeepVerbs(driver: SqlDriver): AlertUpkeep {
  return {
    async reclaim(epoch, { alive, held, claimedBefore, now, limit }) {
      const isLost = [JSON.stringify(held), claimedBefore, JSON.stringify(alive)];
      const lost = (await many(driver, FIND_LOST, [...isLost, limit])).map(readLost);
      const unreachable = await many(driver, FIND_UNREACHABLE, [limit]);
      if (lost.length === 0 && unreachable.length === 0) return { claims: [], unreachable: 0 };
      const gone = JSON.stringify(unreachable.map(({ id }) => id));
      const alerts = [...new Set(unreachable.map((row) => row.alert_id as AlertId))];
      const [, back, givenUp] = await driver.write([
        fence(epoch),
        statement(TAKE_BACK, [now, CLAIM_LOST, now, JSON.stringify(lost.map(({ id }) => id)), ...isLost]),
        statement(GIVE_UP, [CHANNEL_GONE, now, gone]),
        deriveAlerts(alerts, now),
      ]);
      const changed = new Set(back!.rows.map(({ id }) => id));
      return { claims: lost.filter(({ id }) => changed.has(id)), unreachable: givenUp!.changes };
    },
    async purge(epoch, { before, limit }) {
      const ids = (await many(driver, FIND_OVER, [firstIdAt(before), limit])).map(({ id }) => id);
      if (ids.length === 0) return 0;
      const list = JSON.stringify(ids);
      const unit = [fence(epoch), statement(PURGE_DELIVERIES, [list]), statement(PURGE_ALERTS, [list])];
      return (await driver.write(unit))[2]!.changes;
    },
    async figures() {
      const counts = [COUNT_WAITING, COUNT_UNDELIVERED, COUNT_QUEUED, COUNT_SENDING].map((sql) => one(driver, sql));
      const [waiting, undelivered, queued, sending] = await Promise.all(counts);
      const canaries = await many(driver, CANARIES);
      const oldest = [waiting!.oldest, undelivered!.oldest].flatMap((at) => (at === null ? [] : [Number(at)]));
      return {
        waiting: Number(waiting!.n),
        queued: Number(queued!.n),
        sending: Number(sending!.n),
        oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
        channels: canaries.map((row) => ({
          name: String(row.name),
          lastDeliveredAt: row.last_delivered_at as number | null,
        })),
      };
    },
  };
}

function recordVerbs(driver: SqlDriver): AlertRecords {
  async function find(id: AlertId) {
    const [alert, deliveries] = await Promise.all([one(driver, ALERT, [id]), many(driver, DELIVERIES, [id])]);
    return alert && { alert: ALERTS.read(alert), deliveries: deliveries.map(ALERT_DELIVERIES.read) };
  }

  return {
    find,
    async resend(id, now) {
      await writeOr(driver, [statement(REOPEN, [now, id], 1), statement(BEGIN_ANEW, [now, now, id])], async () =>
        (await find(id)) === undefined ? noAlert(id) : nothingFailed(),
      );
    },
  };
}

export function noAlert(id: AlertId): AppError {
  return new AppError('not_found', `There is no alert ${id}.`);
}

export function nothingFailed(): AppError {
  return new AppError('conflict', 'Nothing of the alert has failed, so there is nothing to send again.');
}

function readLost(row: SqlRow): LostClaim {
  return {
    id: row.id as AlertDeliveryId,
    attempt: Number(row.attempt),
    channelName: String(row.channel_name),
    claimedBy: row.claimed_by as string | null,
    claimedAt: row.claimed_at as number | null,
  };
}
