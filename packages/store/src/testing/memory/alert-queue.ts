/** The alert engine's queue in memory. */
import {
  type AlertDeliveryRow,
  type AlertId,
  type AlertQueue,
  type AlertRecords,
  type AlertRow,
  AppError,
  alertReasonOf,
  alertStatusOf,
  type Claim,
  type Epoch,
  firstIdAt,
} from '@vaquita/core';
import { CHANNEL_GONE, CLAIM_LOST, noAlert, nothingFailed } from '../../verbs/alert-queue.ts';
import { checkEpoch } from './master.ts';
import { compare, type Memory, type Transaction } from './tables.ts';

const isPending = ({ status }: AlertDeliveryRow) => status === 'waiting' || status === 'retry';
const isOver = ({ status }: AlertRow) => status !== 'waiting' && status !== 'sending';
const UNCLAIMED = { claimedBy: null, claimedAt: null };

export function createMemoryAlertQueue(memory: Memory): AlertQueue & AlertRecords {
  const { tables, unit } = memory;
  const { alerts, alertChannels, alertDeliveries: deliveries, alertGroups } = tables;
  const byId = <Row extends { readonly id: string }>(rows: Iterable<Row>) =>
    [...rows].sort((a, b) => compare(a.id, b.id));
  const byName = <Row extends { readonly name: string }>(rows: Iterable<Row>) =>
    [...rows].sort((a, b) => compare(a.name, b.name));
  const byDue = (a: AlertDeliveryRow, b: AlertDeliveryRow) =>
    compare(a.nextAttemptAt, b.nextAttemptAt) || compare(a.id, b.id);

  function fenced<T>(epoch: Epoch, work: (tx: Transaction) => T): T {
    checkEpoch(memory, epoch);
    return unit(work);
  }

  function deliveriesOf(alert: string): readonly AlertDeliveryRow[] {
    return byId(deliveries.values())
      .filter((row) => row.alertId === alert)
      .sort((a, b) => compare(a.channelName, b.channelName));
  }

  function mustWait(id: AlertId): AlertRow {
    const row = alerts.get(id);
    if (row?.status !== 'waiting') throw new AppError('conflict', `Alert ${id} is not waiting.`);
    return row;
  }

  function derive(tx: Transaction, id: AlertId, now: number): void {
    const of = deliveriesOf(id);
    const derived = { status: alertStatusOf(of), reason: alertReasonOf(of), updatedAt: now };
    tx.put(alerts, id, { ...alerts.get(id)!, ...derived });
  }

  /** By channel and subject, of what the channel has not been told yet, what was filed first. */
  function firstAlerts(): ReadonlyMap<string, string> {
    const place = new Map([...alerts.keys()].map((id, n) => [id, n] as const));
    const untold = [...deliveries.values()].filter((row) => isPending(row) || row.status === 'sending');
    const lastFirst = untold.sort((a, b) => place.get(b.alertId)! - place.get(a.alertId)!);
    return new Map(lastFirst.map((row) => [lineOf(row), row.alertId]));
  }

  function lineOf({ channelId, alertId }: AlertDeliveryRow): string {
    return `${channelId}:${alerts.get(alertId)!.subject}`;
  }

  const held = ({ id, attempt }: Claim, claimer: string) => {
    const row = deliveries.get(id);
    return row?.status === 'sending' && row.claimedBy === claimer && row.attempt === attempt ? row : undefined;
  };

  return {
    async waiting(after, limit) {
      const filed = [...alerts.values()];
      const next = filed.slice(filed.findIndex(({ id }) => id === after) + 1);
      return next.filter(({ status }) => status === 'waiting').slice(0, limit);
    },
    async groups() {
      return byName(alertGroups.values()).map((group) => ({
        ...group,
        channels: byName(group.channels.flatMap((id) => alertChannels.get(id) ?? [])).map(({ id }) => id),
      }));
    },
    async channels(ids) {
      return byName([...new Set(ids)].flatMap((id) => alertChannels.get(id) ?? []));
    },
    async takeUp(epoch, { folds, taken, now }) {
      fenced(epoch, (tx) => {
        for (const { into, ids, message } of folds) {
          for (const id of ids) {
            tx.put(alerts, id, { ...mustWait(id), status: 'folded', foldedInto: into, updatedAt: now });
          }
          const { severity, count, firstAt, lastAt } = message;
          tx.put(alerts, into, { ...mustWait(into), message, severity, count, firstAt, lastAt, updatedAt: now });
        }
        for (const { id, deliveries: told, reason } of taken) {
          const status = told.length === 0 ? 'failed' : 'sending';
          tx.put(alerts, id, { ...mustWait(id), status, reason, updatedAt: now });
          for (const given of told) {
            tx.claim(`alert-delivery:${id}:${given.channelId}`, given.id);
            tx.put(deliveries, given.id, {
              ...{ ...given, alertId: id, status: 'waiting', attempt: 0, nextAttemptAt: now },
              ...{ ...UNCLAIMED, answer: null, reason: null, sentAt: null, createdAt: now, updatedAt: now },
            });
          }
        }
      });
    },
    async claim(epoch, { claimer, now, limit, perChannel, limitUnproven }) {
      let unproven = 0;
      const first = firstAlerts();
      const busy = new Map<string, number>();
      for (const { status, channelId } of deliveries.values())
        if (status === 'sending') busy.set(channelId, (busy.get(channelId) ?? 0) + 1);
      const due = [...deliveries.values()]
        .filter((row) => isPending(row) && row.nextAttemptAt <= now)
        .filter((row) => (alertChannels.get(row.channelId)?.notBefore ?? Number.POSITIVE_INFINITY) <= now)
        .filter((row) => first.get(lineOf(row)) === row.alertId)
        .sort(byDue)
        .filter(({ channelId }) => {
          const taken = busy.get(channelId) ?? 0;
          const { lastError, lastDeliveredAt } = alertChannels.get(channelId)!;
          const isProven = lastError === null && lastDeliveredAt !== null;
          if (taken >= perChannel || (!isProven && unproven >= limitUnproven)) return false;
          busy.set(channelId, taken + 1);
          if (!isProven) unproven += 1;
          return true;
        })
        .slice(0, limit);
      if (due.length === 0) return [];
      return fenced(epoch, (tx) =>
        due.map((row) => {
          const attempt = row.attempt + 1;
          const claim = { status: 'sending' as const, attempt, claimedBy: claimer, claimedAt: now, updatedAt: now };
          tx.put(deliveries, row.id, { ...row, ...claim });
          const channel = alertChannels.get(row.channelId)!;
          return { id: row.id, attempt, message: alerts.get(row.alertId)!.message, channel };
        }),
      );
    },
    async finish(epoch, result) {
      fenced(epoch, (tx) => {
        const { claimer, now, status } = result;
        const row = held(result, claimer);
        if (row === undefined) throw new AppError('conflict', `Delivery ${result.id} is not this claim any more.`);
        const isSent = result.status === 'sent';
        tx.put(deliveries, row.id, {
          ...{ ...row, ...UNCLAIMED, status, updatedAt: now },
          reason: isSent ? null : result.reason,
          nextAttemptAt: result.status === 'retry' ? result.nextAttemptAt : now,
          answer: isSent ? result.answer : null,
          sentAt: isSent ? now : null,
        });
        const channel = alertChannels.get(row.channelId);
        const notBefore = Math.max(channel?.notBefore ?? 0, (result.status === 'retry' && result.notBefore) || 0);
        const changed = isSent ? { lastDeliveredAt: now, lastError: null } : { lastError: result.reason, notBefore };
        if (channel) tx.put(alertChannels, channel.id, { ...channel, ...changed });
        derive(tx, row.alertId, now);
      });
    },
    async nextAt() {
      const times = [...deliveries.values()].filter(isPending).flatMap(({ channelId, nextAttemptAt }) => {
        const channel = alertChannels.get(channelId);
        return channel ? [Math.max(channel.notBefore, nextAttemptAt)] : [];
      });
      return times.length === 0 ? null : Math.min(...times);
    },
    async release(epoch, claimer, claims, now) {
      if (claims.length === 0) return;
      fenced(epoch, (tx) => {
        for (const row of claims.flatMap((claim) => held(claim, claimer) ?? [])) {
          const back = { status: 'retry' as const, attempt: row.attempt - 1, nextAttemptAt: now, updatedAt: now };
          tx.put(deliveries, row.id, { ...row, ...UNCLAIMED, ...back });
        }
      });
    },
    async reclaim(epoch, { alive, held: inHand, claimedBefore, now, limit }) {
      const rows = [...deliveries.values()];
      const isLost = ({ id, status, claimedBy, claimedAt }: AlertDeliveryRow) =>
        status === 'sending' &&
        !inHand.includes(id) &&
        (!alive.includes(claimedBy ?? '') || claimedAt! < claimedBefore);
      const lost = rows.filter(isLost).sort((a, b) => compare(a.claimedAt!, b.claimedAt!));
      const gone = rows.filter((row) => isPending(row) && !alertChannels.has(row.channelId)).slice(0, limit);
      const found = lost.slice(0, limit);
      if (found.length > 0 || gone.length > 0) {
        fenced(epoch, (tx) => {
          for (const row of found) {
            const back = { status: 'retry' as const, nextAttemptAt: now, reason: CLAIM_LOST, updatedAt: now };
            tx.put(deliveries, row.id, { ...row, ...UNCLAIMED, ...back });
          }
          for (const row of gone) {
            tx.put(deliveries, row.id, { ...row, status: 'failed', reason: CHANNEL_GONE, updatedAt: now });
            derive(tx, row.alertId, now);
          }
        });
      }
      return {
        claims: found.map(({ id, attempt, channelName, claimedBy, claimedAt }) => ({
          ...{ id, attempt, channelName, claimedBy, claimedAt },
        })),
        unreachable: gone.length,
      };
    },
    async purge(epoch, { before, limit }) {
      const speaks = (id: AlertId | null) => id !== null && alerts.has(id) && !isOver(alerts.get(id)!);
      const over = byId(alerts.values())
        .filter((row) => row.id < firstIdAt(before) && isOver(row) && !speaks(row.foldedInto))
        .slice(0, limit);
      if (over.length === 0) return 0;
      fenced(epoch, (tx) => {
        for (const { id } of over) {
          for (const row of deliveriesOf(id)) {
            tx.release(`alert-delivery:${id}:${row.channelId}`);
            tx.drop(deliveries, row.id);
          }
          tx.drop(alerts, id);
        }
      });
      return over.length;
    },
    async figures() {
      const open = [...alerts.values()].filter((row) => !isOver(row));
      const rows = [...deliveries.values()];
      return {
        waiting: open.filter(({ status }) => status === 'waiting').length,
        queued: rows.filter(isPending).length,
        sending: rows.filter(({ status }) => status === 'sending').length,
        oldestAt: open.length === 0 ? null : Math.min(...open.map(({ createdAt }) => createdAt)),
        channels: byName(alertChannels.values()).map(({ name, lastDeliveredAt }) => ({ name, lastDeliveredAt })),
      };
    },
    async find(id) {
      const alert = alerts.get(id);
      return alert && { alert, deliveries: deliveriesOf(id) };
    },
    async resend(id, now) {
      unit((tx) => {
        const alert = alerts.get(id);
        if (alert === undefined) throw noAlert(id);
        const all = deliveriesOf(id);
        const failed = all.filter(({ status }) => status === 'failed');
        if (failed.length === 0 && (all.length > 0 || alert.status !== 'failed')) throw nothingFailed();
        const anew = { status: 'waiting' as const, attempt: 0, nextAttemptAt: now, reason: null, updatedAt: now };
        for (const row of failed) tx.put(deliveries, row.id, { ...row, ...anew });
        const status = all.length > 0 ? ('sending' as const) : ('waiting' as const);
        tx.put(alerts, id, { ...alert, status, reason: null, updatedAt: now });
      });
    },
  };
}
