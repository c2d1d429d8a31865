/** Claims of deliveries, and what came of them (Q1 to Q4 of `AlertQueue`). */
import type {
  AlertDeliveryId,
  AlertDispatch,
  AlertMessage,
  ClaimedDelivery,
  ClaimRequest,
  DeliveryResult,
} from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement } from '../ports/driver.ts';
import { many, one, statement } from '../sql/access.ts';
import { fence } from '../sql/fence.ts';
import { ALERT_CHANNELS } from '../sql/tables.ts';
import { deriveAlertOf, IDS } from './alert-status.ts';

export const PENDING = "status in ('waiting', 'retry')";

/** Something that was filed before of the same subject, and that the channel has not been told yet. */
const EARLIER = `select 1 from alerts a join alerts e indexed by alerts_undelivered
    on e.subject = a.subject and e.rowid < a.rowid and e.status = 'sending'
    join alert_deliveries o on o.alert_id = e.id and o.channel_id = x.channel_id
  where a.id = x.alert_id and o.status in ('waiting', 'retry', 'sending')`;
/** Bounded per channel, so that a backlog of one costs the others nothing. */
const CANDIDATES = `select d.id as delivery_id, m.message, ${ALERT_CHANNELS.columns},
    (select count(*) from alert_deliveries s indexed by alert_deliveries_sending
      where s.status = 'sending' and s.channel_id = alert_channels.id) as busy
  from alert_channels join alert_deliveries d on d.id in (
      select x.id from alert_deliveries x indexed by alert_deliveries_due
      where x.channel_id = alert_channels.id and x.${PENDING} and x.next_attempt_at <= ? and not exists (${EARLIER})
      order by x.next_attempt_at, x.id limit ?)
    join alerts m on m.id = d.alert_id
  where alert_channels.not_before <= ? order by d.next_attempt_at, d.id`;
const CLAIM = `update alert_deliveries set status = 'sending', claimed_by = ?, claimed_at = ?, attempt = attempt + 1, updated_at = ?
  where id in ${IDS} and ${PENDING} and next_attempt_at <= ? returning id, attempt`;
const NEXT = `select min(max(not_before, at)) as at from (select not_before, (
      select d.next_attempt_at from alert_deliveries d indexed by alert_deliveries_due
      where d.channel_id = alert_channels.id and d.${PENDING} order by d.next_attempt_at limit 1) as at
    from alert_channels)`;

const FINISH = `update alert_deliveries set status = ?, reason = ?, next_attempt_at = ?, answer = ?, sent_at = ?,
    claimed_by = null, claimed_at = null, updated_at = ?
  where id = ? and status = 'sending' and claimed_by = ? and attempt = ?`;
const RELEASE = `update alert_deliveries set status = 'retry', attempt = attempt - 1, next_attempt_at = ?,
    claimed_by = null, claimed_at = null, updated_at = ?
  where id = ? and status = 'sending' and claimed_by = ? and attempt = ?`;
const OF_CHANNEL = 'where id = (select channel_id from alert_deliveries where id = ?)';
const DELIVERED = `update alert_channels set last_delivered_at = ?, last_error = null ${OF_CHANNEL}`;
const TROUBLE = `update alert_channels set last_error = ?, not_before = max(not_before, ?) ${OF_CHANNEL}`;

export function createAlertDispatchVerbs(driver: SqlDriver): AlertDispatch {
  return {
    async claim(epoch, request) {
      const { claimer, now, limit, perChannel } = request;
      const rows = chosen(await many(driver, CANDIDATES, [now, perChannel, now]), request).slice(0, limit);
      if (rows.length === 0) return [];
      const ids = JSON.stringify(rows.map((row) => row.delivery_id));
      const [, claimed] = await driver.write([fence(epoch), statement(CLAIM, [claimer, now, now, ids, now])]);
      const attempts = new Map(claimed!.rows.map(({ id, attempt }) => [id, Number(attempt)]));
      return rows.flatMap((row) => {
        const attempt = attempts.get(row.delivery_id!);
        return attempt === undefined ? [] : [readClaimed(row, attempt)];
      });
    },
    async finish(epoch, result) {
      await driver.write([fence(epoch), ...finishStatements(result)]);
    },
    async nextAt() {
      return ((await one(driver, NEXT))?.at as number | null | undefined) ?? null;
    },
    async release(epoch, claimer, claims, now) {
      const back = claims.map(({ id, attempt }) => statement(RELEASE, [now, now, id, claimer, attempt]));
      if (back.length > 0) await driver.write([fence(epoch), ...back]);
    },
  };
}

/** Of each channel as many as are free, and of unproven ones no more than they may have together. */
function chosen(rows: readonly SqlRow[], { perChannel, limitUnproven }: ClaimRequest): readonly SqlRow[] {
  const taken = new Map<unknown, number>();
  let unproven = 0;
  return rows.filter((row) => {
    const busy = taken.get(row.id) ?? Number(row.busy);
    const isProven = row.last_error === null && row.last_delivered_at !== null;
    if (busy >= perChannel || (!isProven && unproven >= limitUnproven)) return false;
    taken.set(row.id, busy + 1);
    if (!isProven) unproven += 1;
    return true;
  });
}

function finishStatements(result: DeliveryResult): readonly SqlStatement[] {
  const { id, attempt, claimer, now, status } = result;
  const reason = result.status === 'sent' ? null : result.reason;
  const next = result.status === 'retry' ? result.nextAttemptAt : now;
  const answer = result.status === 'sent' ? result.answer : null;
  const sentAt = result.status === 'sent' ? now : null;
  const channel =
    result.status === 'sent'
      ? statement(DELIVERED, [now, id])
      : statement(TROUBLE, [result.reason, result.status === 'retry' ? (result.notBefore ?? 0) : 0, id]);
  return [
    statement(FINISH, [status, reason, next, answer, sentAt, now, id, claimer, attempt], 1),
    channel,
    deriveAlertOf(id, now),
  ];
}

function readClaimed(row: SqlRow, attempt: number): ClaimedDelivery {
  return {
    id: row.delivery_id as AlertDeliveryId,
    attempt,
    message: JSON.parse(String(row.message)) as AlertMessage,
    channel: ALERT_CHANNELS.read(row),
  };
}
