/** The contract of the alert engine's queue (Q1 to Q4 of `AlertQueue`). */
import {
  type AlertChannelId,
  type AlertChannelRow,
  type AlertDeliveryId,
  type AlertGroupId,
  type AlertGroupRow,
  type AlertId,
  type AlertMessage,
  type ClaimRequest,
  firstIdAt,
  type NewAlert,
} from '@vaquita/core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { commit } from './fixtures.ts';

const alertId = (id: string) => id as AlertId;
const channelId = (id: string) => id as AlertChannelId;
const deliveryId = (id: string) => id as AlertDeliveryId;

function message(more: Partial<AlertMessage> = {}): AlertMessage {
  return {
    ...{ kind: 'workflow_failed', severity: 'error', state: 'open', subject: 'workflow_failed:w1' },
    ...{ title: "it's 'über'", text: 'exit code 2', facts: [{ name: 'Run', value: '#1' }], links: [], labels: {} },
    ...{ source: 'here', count: 1, firstAt: 10, lastAt: 10 },
    ...more,
  };
}

function alert(id: string, more: Partial<AlertMessage> = {}, group: string | null = 'default'): NewAlert {
  const of = { projectId: null, workflowId: null, workflowInstanceId: null };
  return { id: alertId(id), group, ...of, message: message(more), createdAt: 10 };
}

function channel(id: string, more: Partial<AlertChannelRow> = {}): AlertChannelRow {
  return {
    ...{ id: channelId(id), name: `channel ${id}`, type: 'slack', settings: '{"sealed":1}', enabled: true },
    ...{ lastDeliveredAt: null, lastError: null, notBefore: 0, createdAt: 1, updatedAt: 1 },
    ...more,
  };
}

function group(name: string, channels: readonly string[], kinds: AlertGroupRow['kinds'] = []): AlertGroupRow {
  const id = `group-${name}` as AlertGroupId;
  return { id, name, description: '', kinds, channels: channels.map(channelId), createdAt: 1, updatedAt: 1 };
}

const FENCED = { code: 'fenced' };
const CONFLICT = { code: 'conflict' };

export function describeAlerts(subject: Subject): void {
  describe('alerts', () => {
    const queue = () => subject.store.alertQueue;
    const file = (...alerts: readonly NewAlert[]) => subject.store.master.commit(1, commit({ newAlerts: alerts }));
    const told = (id: string, ...channels: readonly string[]) => ({
      id: alertId(id),
      deliveries: channels.map((to) => ({
        ...{ id: deliveryId(`${id}-${to}`), channelId: channelId(to), channelName: `channel ${to}` },
      })),
      reason: channels.length === 0 ? 'Nobody is told. Make a group.' : null,
    });
    const take = (...taken: ReturnType<typeof told>[]) => queue().takeUp(1, { folds: [], taken, now: 20 });
    const claim = (more: Partial<ClaimRequest> = {}) =>
      queue().claim(1, { claimer: 's1', now: 20, limit: 10, perChannel: 10, limitUnproven: 10, ...more });
    const statuses = async (id: string) => {
      const { alert, deliveries } = (await queue().find(alertId(id)))!;
      return [alert.status, ...deliveries.map(({ status }) => status)];
    };
    const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

    beforeEach(async () => {
      await subject.lead(1);
      await subject.putAlertTargets({
        channels: [channel('a'), channel('b'), channel('c', { name: 'another' })],
        groups: [group('default', ['a', 'b', 'c'], ['worker_lost']), group('empty', [])],
      });
    });

    test('wait in the order of filing, page by page, and say who is told', async () => {
      await file(alert('01'), alert('03'), alert('02', {}, null));
      const [first] = await queue().waiting(null, 10);
      expect(first).toMatchObject({ id: '01', groupName: 'default', status: 'waiting', count: 1, message: message() });
      expect(idsOf(await queue().waiting(null, 2))).toEqual(['01', '03']);
      expect(idsOf(await queue().waiting(alertId('03'), 2))).toEqual(['02']);
      expect(await queue().groups()).toEqual([group('default', ['c', 'a', 'b'], ['worker_lost']), group('empty', [])]);
      const asked = [channelId('b'), channelId('nobody'), channelId('c')];
      expect(await queue().channels(asked)).toEqual([channel('c', { name: 'another' }), channel('b')]);
    });

    test('are taken up with one delivery per channel, fold others, and end failed when nobody is told', async () => {
      await file(alert('01'), alert('02'), alert('03'), alert('04', { subject: 'x' }, 'nobody'));
      const grown = message({ count: 3, lastAt: 19, severity: 'critical', title: 'the newest' });
      await queue().takeUp(1, {
        folds: [{ into: alertId('01'), ids: [alertId('02'), alertId('03')], message: grown }],
        taken: [told('01', 'b', 'c'), told('04')],
        now: 20,
      });
      const { alert: head, deliveries } = (await queue().find(alertId('01')))!;
      expect(head).toMatchObject({ status: 'sending', count: 3, lastAt: 19, severity: 'critical', message: grown });
      expect(deliveries).toEqual(
        ['c', 'b']
          .map((to) => ({
            ...{ id: `01-${to}`, alertId: '01', channelId: to, channelName: `channel ${to}`, status: 'waiting' },
            ...{ attempt: 0, nextAttemptAt: 20, claimedBy: null, claimedAt: null, answer: null, reason: null },
            ...{ sentAt: null, createdAt: 20, updatedAt: 20 },
          }))
          .reverse(),
      );
      expect((await queue().find(alertId('03')))!.alert).toMatchObject({ status: 'folded', foldedInto: '01' });
      const nobody = { status: 'failed', reason: 'Nobody is told. Make a group.' };
      expect((await queue().find(alertId('04')))!.alert).toMatchObject(nobody);
      expect(await queue().waiting(null, 10)).toEqual([]);
      expect(await queue().find(alertId('05'))).toBeUndefined();
    });

    test('a unit of taking up is written whole or not at all', async () => {
      await file(alert('01'), alert('02'));
      await take(told('02', 'a'));
      await expect(take(told('01', 'a'), told('02', 'b'))).rejects.toMatchObject(CONFLICT);
      const fold = { into: alertId('01'), ids: [alertId('02')], message: message({ count: 2 }) };
      await expect(queue().takeUp(1, { folds: [fold], taken: [], now: 20 })).rejects.toMatchObject(CONFLICT);
      expect(await statuses('01')).toEqual(['waiting']);
      expect((await queue().find(alertId('01')))!.alert.count).toBe(1);
    });

    test('nothing is written for who does not lead (Q1)', async () => {
      await file(alert('01'), alert('02'));
      await take(told('01', 'a', 'b'));
      const [claimed] = await claim({ limit: 1 });
      await subject.lead(2);
      await expect(take(told('02', 'a'))).rejects.toMatchObject(FENCED);
      await expect(claim()).rejects.toMatchObject(FENCED);
      const result = { ...claimed!, claimer: 's1', now: 30, status: 'sent', answer: '' } as const;
      await expect(queue().finish(1, result)).rejects.toMatchObject(FENCED);
      await expect(queue().release(1, 's1', [claimed!], 30)).rejects.toMatchObject(FENCED);
      const lost = queue().reclaim(1, { alive: [], held: [], claimedBefore: 0, now: 30, limit: 10 });
      await expect(lost).rejects.toMatchObject(FENCED);
      expect(await statuses('01')).toEqual(['sending', 'sending', 'waiting']);
    });

    test('a delivery is claimed once, when it is due, the longest due first (Q2)', async () => {
      await file(alert('01'), alert('02', { subject: 'x' }));
      await queue().takeUp(1, { folds: [], taken: [told('02', 'a')], now: 15 });
      await take(told('01', 'a', 'b'));
      expect(await claim({ now: 14 })).toEqual([]);
      const [first] = await claim({ limit: 1 });
      expect(first).toEqual({ id: '02-a', attempt: 1, message: message({ subject: 'x' }), channel: channel('a') });
      const both = await Promise.all([claim(), claim({ claimer: 's2' })]);
      expect(idsOf(both.flat()).sort()).toEqual(['01-a', '01-b']);
      expect(await claim()).toEqual([]);
    });

    test('a channel is sent no more at once than it may be, and nothing while it is held back', async () => {
      await file(...['01', '02', '03'].map((id) => alert(id, { subject: id })));
      await take(told('01', 'a', 'b'), told('02', 'a'), told('03', 'a'));
      expect(idsOf(await claim({ perChannel: 2 }))).toEqual(['01-a', '01-b', '02-a']);
      expect(await claim({ perChannel: 2 })).toEqual([]);
      const limited = { status: 'retry', reason: '429', nextAttemptAt: 40, notBefore: 90 } as const;
      await queue().finish(1, { id: deliveryId('01-a'), attempt: 1, claimer: 's1', now: 30, ...limited });
      expect(await queue().nextAt()).toBe(90);
      expect(await claim({ now: 89 })).toEqual([]);
      expect(idsOf(await claim({ now: 90, perChannel: 2 }))).toEqual(['03-a']);
      const [held] = await queue().channels([channelId('a')]);
      expect(held).toMatchObject({ notBefore: 90, lastError: '429', lastDeliveredAt: null });
    });

    test('channels that have not taken the last alert get some of the places only', async () => {
      await subject.putAlertTargets({
        channels: [channel('ok', { lastDeliveredAt: 1 }), channel('bad', { lastDeliveredAt: 1, lastError: 'timeout' })],
      });
      await file(alert('01'), alert('02', { subject: 'x' }));
      await queue().takeUp(1, { folds: [], taken: [told('01', 'a', 'b', 'bad')], now: 15 });
      await take(told('02', 'ok'));
      expect(idsOf(await claim({ limitUnproven: 1 }))).toEqual(['01-a', '02-ok']);
      expect(await claim({ limitUnproven: 0 })).toEqual([]);
      expect(idsOf(await claim({ limitUnproven: 2 }))).toEqual(['01-b', '01-bad']);
    });

    test('what is said of one subject reaches a channel in the order of filing, though ids say another', async () => {
      await file(alert('9'), alert('1', { state: 'resolved' }));
      await take(told('9', 'a'), told('1', 'a'));
      const [opening, ...others] = await claim();
      expect([opening?.id, others]).toEqual(['9-a', []]);
      await queue().finish(1, { ...opening!, claimer: 's1', now: 20, status: 'sent', answer: 'ok' });
      expect(idsOf(await claim())).toEqual(['1-a']);
    });

    test('what is said of one subject reaches a channel in its order', async () => {
      await file(alert('01'), alert('02', { state: 'resolved' }), alert('03', { subject: 'x' }));
      await take(told('01', 'a'), told('02', 'a', 'b'), told('03', 'a'));
      const first = await claim();
      expect(idsOf(first)).toEqual(['01-a', '02-b', '03-a']);
      const later = { status: 'retry', reason: 'no', nextAttemptAt: 50, notBefore: null } as const;
      await queue().finish(1, { ...first[0]!, claimer: 's1', now: 30, ...later });
      expect(await claim({ now: 40 })).toEqual([]);
      expect(idsOf(await claim({ now: 50 }))).toEqual(['01-a']);
      await queue().finish(1, { ...first[0]!, attempt: 2, claimer: 's1', now: 60, status: 'failed', reason: 'no' });
      expect(idsOf(await claim({ now: 60 }))).toEqual(['02-a']);
    });

    test('a result is written for the claim it is of, and makes the status of the alert (Q3, Q4)', async () => {
      await file(alert('01'));
      await take(told('01', 'a', 'b'));
      const [a, b] = await claim();
      const sent = { claimer: 's1', now: 30, status: 'sent', answer: 'ok' } as const;
      await expect(queue().finish(1, { ...a!, ...sent, claimer: 's2' })).rejects.toMatchObject(CONFLICT);
      await expect(queue().finish(1, { ...a!, ...sent, attempt: 2 })).rejects.toMatchObject(CONFLICT);
      await queue().finish(1, { ...a!, ...sent });
      await expect(queue().finish(1, { ...a!, ...sent })).rejects.toMatchObject(CONFLICT);
      expect(await statuses('01')).toEqual(['sending', 'sent', 'sending']);
      await queue().finish(1, { ...b!, claimer: 's1', now: 31, status: 'failed', reason: 'no such room' });
      const { alert: row, deliveries } = (await queue().find(alertId('01')))!;
      expect(row).toMatchObject({ status: 'partly_sent', reason: 'channel b: no such room', updatedAt: 31 });
      expect(deliveries).toMatchObject([
        { status: 'sent', answer: 'ok', sentAt: 30, claimedBy: null, reason: null },
        { status: 'failed', answer: null, sentAt: null, claimedBy: null, reason: 'no such room' },
      ]);
      expect(await queue().channels([channelId('a'), channelId('b')])).toMatchObject([
        { lastDeliveredAt: 30, lastError: null },
        { lastDeliveredAt: null, lastError: 'no such room' },
      ]);
    });

    test('what was given back counts as if it had not been claimed', async () => {
      await file(alert('01'));
      await take(told('01', 'a', 'b'));
      const [a, b] = await claim();
      await queue().finish(1, { ...a!, claimer: 's1', now: 30, status: 'sent', answer: '' });
      await queue().release(1, 's1', [a!, b!], 31);
      expect(await statuses('01')).toEqual(['sending', 'sent', 'retry']);
      expect(await claim({ now: 31 })).toMatchObject([{ id: '01-b', attempt: 1 }]);
    });

    test('claims of nobody go back to retry, and channels that are gone end what was for them', async () => {
      await file(alert('01'), alert('02', { subject: 'x' }));
      await take(told('01', 'a', 'b'), told('02', 'gone', 'c'));
      await claim({ limit: 1, claimer: 'dead' });
      await claim({ limit: 1, now: 25 });
      await claim({ limit: 1, now: 40 });
      const kept = { alive: ['s1', 'dead'], held: [deliveryId('01-a'), deliveryId('01-b')], claimedBefore: 30 };
      expect(await queue().reclaim(1, { ...kept, now: 45, limit: 10 })).toEqual({ claims: [], unreachable: 1 });
      const found = await queue().reclaim(1, { alive: ['s1'], held: [], claimedBefore: 30, now: 50, limit: 10 });
      expect(found).toEqual({
        claims: [
          { id: '01-a', attempt: 1, channelName: 'channel a', claimedBy: 'dead', claimedAt: 20 },
          { id: '01-b', attempt: 1, channelName: 'channel b', claimedBy: 's1', claimedAt: 25 },
        ],
        unreachable: 0,
      });
      expect(await statuses('01')).toEqual(['sending', 'retry', 'retry']);
      expect(await statuses('02')).toEqual(['sending', 'sending', 'failed']);
      const again = await queue().reclaim(1, { alive: ['s1'], held: [], claimedBefore: 30, now: 50, limit: 10 });
      expect(again).toEqual({ claims: [], unreachable: 0 });
      expect(await claim({ now: 50 })).toMatchObject([{ attempt: 2 }, { attempt: 2 }]);
    });

    test('people have what failed sent again, and only that', async () => {
      await file(alert('01'), alert('02', {}, 'nobody'));
      await take(told('01', 'a', 'b'), told('02'));
      const [a, b] = await claim();
      await expect(queue().resend(alertId('01'), 30)).rejects.toMatchObject(CONFLICT);
      await queue().finish(1, { ...a!, claimer: 's1', now: 30, status: 'sent', answer: '' });
      await queue().finish(1, { ...b!, claimer: 's1', now: 30, status: 'failed', reason: 'no' });
      await subject.lead(2);
      await queue().resend(alertId('01'), 40);
      expect(await statuses('01')).toEqual(['sending', 'sent', 'waiting']);
      expect((await queue().find(alertId('01')))!.alert.reason).toBeNull();
      await queue().resend(alertId('02'), 40);
      expect(await statuses('02')).toEqual(['waiting']);
      await expect(queue().resend(alertId('03'), 40)).rejects.toMatchObject({ code: 'not_found' });
      await subject.lead(1);
      expect(await claim({ now: 40 })).toMatchObject([{ id: '01-b', attempt: 1 }]);
    });

    test('what is over and old is removed, in small units; what is not delivered stays', async () => {
      const at = (time: number, id: string) => `${firstIdAt(time).slice(0, 10)}${id}`;
      const ids = ['sent', 'folded', 'waiting', 'sending', 'spoken-for', 'failed'].map((id) => at(1_000, id));
      const [sent, folded, waiting, sending, spoken, failed] = ids as [string, string, string, string, string, string];
      const young = at(5_000, 'young');
      await file(...[...ids, young].map((id) => alert(id, { subject: id })));
      const into = (head: string, id: string) => ({ into: alertId(head), ids: [alertId(id)], message: message() });
      await queue().takeUp(1, {
        folds: [into(sent, folded), into(sending, spoken)],
        taken: [told(sent, 'a'), told(sending, 'b'), told(failed), told(young)],
        now: 20,
      });
      const [claimed] = await claim({ limit: 1 });
      await queue().finish(1, { ...claimed!, claimer: 's1', now: 30, status: 'sent', answer: '' });
      const isSentOne = claimed!.id === `${sent}-a`;
      expect(await queue().purge(1, { before: 5_000, limit: 2 })).toBe(2);
      await subject.lead(2);
      await expect(queue().purge(1, { before: 5_000, limit: 2 })).rejects.toMatchObject(FENCED);
      await subject.lead(1);
      expect(await queue().purge(1, { before: 5_000, limit: 9 })).toBe(1);
      expect(await queue().purge(1, { before: 5_000, limit: 9 })).toBe(0);
      const kept = isSentOne ? [waiting, sending, spoken, young] : [waiting, sent, folded, young];
      for (const id of kept) expect(await queue().find(alertId(id))).toBeDefined();
      expect(await queue().find(alertId(failed))).toBeUndefined();
    });

    test('figures say how much waits, and since when', async () => {
      const none = { name: 'another', lastDeliveredAt: null };
      expect(await queue().figures()).toMatchObject({ waiting: 0, queued: 0, sending: 0, oldestAt: null });
      expect(await queue().nextAt()).toBeNull();
      await file(alert('01'), alert('02'), alert('03', { subject: 'x' }));
      await take(told('01', 'a', 'b'), told('03', 'a'));
      const [claimed] = await claim({ limit: 1 });
      await queue().finish(1, { ...claimed!, claimer: 's1', now: 30, status: 'sent', answer: '' });
      await claim({ limit: 1 });
      const delivered = { name: claimed!.channel.name, lastDeliveredAt: 30 };
      const others = ['channel a', 'channel b'].filter((name) => name !== delivered.name);
      const channels = [none, delivered, ...others.map((name) => ({ name, lastDeliveredAt: null }))];
      const byName = channels.sort((x, y) => (x.name < y.name ? -1 : 1));
      expect(await queue().figures()).toEqual({ waiting: 1, queued: 1, sending: 1, oldestAt: 10, channels: byName });
      expect(await queue().nextAt()).toBe(20);
    });
  });
}
