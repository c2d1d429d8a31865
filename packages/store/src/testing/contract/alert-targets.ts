/** The contract of alert groups and channels, and of alerts as people look for them. */
import type {
  AlertChannelRow,
  AlertDeliveryRow,
  AlertGroupRow,
  AlertId,
  AlertKind,
  AlertMessage,
  AlertRow,
  NewAlert,
  ProjectId,
  WorkflowId,
} from '@vaquita/core';
import { firstIdAt } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { AlertFilter } from '../../ports/alerts.ts';
import { newAlertRow } from '../../verbs/alerts.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { PROJECT, runId, version, workflow, workflowEvent } from './fixtures.ts';

const channelId = (id: string) => id as AlertChannelRow['id'];
const groupId = (id: string) => id as AlertGroupRow['id'];

function channel(id: string, more: Partial<AlertChannelRow> = {}): AlertChannelRow {
  return {
    ...{ id: channelId(id), name: id, type: 'slack', settings: `s1.${id}`, enabled: true },
    ...{ lastDeliveredAt: null, lastError: null, notBefore: 0, createdAt: 1, updatedAt: 1 },
    ...more,
  };
}

function group(id: string, more: Partial<AlertGroupRow> = {}): AlertGroupRow {
  return { id: groupId(id), name: id, description: 'x', kinds: [], channels: [], createdAt: 1, updatedAt: 1, ...more };
}

function message(kind: AlertKind, more: Partial<AlertMessage> = {}): AlertMessage {
  return {
    ...{ kind, severity: 'error', state: 'open', subject: `${kind}:x`, title: "it's", text: '' },
    ...{ facts: [{ name: 'a', value: 'ü' }], links: [], labels: {}, source: '', count: 1, firstAt: 1, lastAt: 1 },
    ...more,
  };
}

/** Filed at the time, with an id of that time. */
function alert(at: number, more: Partial<NewAlert> = {}): AlertRow {
  return newAlertRow({
    ...{ id: `${firstIdAt(at).slice(0, -3)}abc` as AlertId, group: 'ops', projectId: PROJECT },
    ...{ workflowId: null, workflowInstanceId: null, message: message('task_failed'), createdAt: at },
    ...more,
  });
}

function delivery(of: AlertRow, to: AlertChannelRow): AlertDeliveryRow {
  return {
    ...{ id: `d-${of.id}` as AlertDeliveryRow['id'], alertId: of.id, channelId: to.id, channelName: to.name },
    ...{ status: 'waiting', attempt: 0, nextAttemptAt: 5, claimedBy: null, claimedAt: null },
    ...{ answer: null, reason: null, sentAt: null, createdAt: 5, updatedAt: 5 },
  };
}

export function describeAlertTargets(subject: Subject): void {
  describe('alert channels', () => {
    test('are found by id and by name, listed by name, and have names of their own', async () => {
      const { alertChannels } = subject.store;
      const rows = [channel('c2', { name: 'beta' }), channel('c1', { name: "it's", enabled: false }), channel('c3')];
      for (const row of rows) await alertChannels.create(row);
      expect(await alertChannels.find('c1')).toEqual(rows[1]);
      expect(await alertChannels.find("it's")).toEqual(rows[1]);
      expect(await alertChannels.find('nobody')).toBeUndefined();
      expect(await allPages((page) => alertChannels.list(page), 2)).toEqual([rows[0], rows[2], rows[1]]);
      const taken = alertChannels.create(channel('c4', { name: 'beta' }));
      await expect(taken).rejects.toMatchObject({ code: 'name_in_use' });
    });

    test('are changed only as they were seen', async () => {
      const { alertChannels } = subject.store;
      await alertChannels.create(channel('c1'));
      await alertChannels.create(channel('c2'));
      await alertChannels.update(channel('c1'), { enabled: false, at: 2 });
      await alertChannels.update(channel('c1'), { name: 'new', settings: 's1.new', at: 3 });
      const now = channel('c1', { name: 'new', settings: 's1.new', enabled: false, updatedAt: 3 });
      expect(await alertChannels.find('c1')).toEqual(now);
      expect((await alertChannels.find('new'))?.id).toBe('c1');
      for (const { change, code } of [
        { change: () => alertChannels.update(channel('c1'), { enabled: true, at: 4 }), code: 'conflict' },
        { change: () => alertChannels.update(now, { name: 'c2', at: 4 }), code: 'name_in_use' },
        { change: () => alertChannels.update(channel('c9'), { enabled: true, at: 4 }), code: 'not_found' },
        { change: () => alertChannels.delete(channelId('c9')), code: 'not_found' },
      ]) {
        await expect(change()).rejects.toMatchObject({ code });
      }
      expect(await alertChannels.find('c1')).toEqual(now);
      await alertChannels.create(channel('c3', { name: 'c1' }));
    });

    test('stay for as long as groups use them', async () => {
      const { alertChannels, alertGroups } = subject.store;
      await alertChannels.create(channel('c1'));
      await alertGroups.create(group('g2', { name: 'b', channels: [channelId('c1')] }));
      await alertGroups.create(group('g1', { name: 'a', channels: [channelId('c1')] }));
      expect(await alertChannels.groupsOf(channelId('c1'))).toEqual(['a', 'b']);
      await expect(alertChannels.delete(channelId('c1'))).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('"a", "b"'),
      });
      await alertGroups.update(groupId('g1'), { channels: [], at: 2 });
      await alertGroups.delete(groupId('g2'));
      await alertChannels.delete(channelId('c1'));
      expect(await alertChannels.find('c1')).toBeUndefined();
      await alertChannels.create(channel('c1'));
    });
  });

  describe('alert groups', () => {
    test('hold channels in the order of their names, and are listed by name', async () => {
      const { alertChannels, alertGroups } = subject.store;
      for (const row of [channel('c1', { name: 'zulu' }), channel('c2', { name: 'alpha' })])
        await alertChannels.create(row);
      const channels = [channelId('c2'), channelId('c1')];
      const rows = [group('g2', { name: 'beta', kinds: ['worker_lost'] }), group('g1', { name: "it's", channels })];
      await alertGroups.create(rows[0]!);
      await alertGroups.create({ ...rows[1]!, channels: [...channels].reverse() });
      expect(await alertGroups.find('g1')).toEqual(rows[1]);
      expect(await alertGroups.find('beta')).toEqual(rows[0]);
      expect(await alertGroups.find('nobody')).toBeUndefined();
      expect(await allPages((page) => alertGroups.list(page), 1)).toEqual(rows);
    });

    test('are changed as a whole, or not at all', async () => {
      const { alertChannels, alertGroups } = subject.store;
      await alertChannels.create(channel('c1'));
      const mine = [channelId('c1')];
      await alertGroups.create(group('g1', { channels: mine }));
      await alertGroups.update(groupId('g1'), { description: '', kinds: ['failover'], at: 2 });
      const now = group('g1', { description: '', kinds: ['failover'], channels: mine, updatedAt: 2 });
      expect(await alertGroups.find('g1')).toEqual(now);
      const unknown = [channelId('c1'), channelId('c9')];
      for (const { change, code } of [
        { change: () => alertGroups.create(group('g9', { name: 'g1' })), code: 'name_in_use' },
        { change: () => alertGroups.create(group('g9', { channels: unknown })), code: 'conflict' },
        { change: () => alertGroups.update(groupId('g1'), { channels: unknown, at: 3 }), code: 'conflict' },
        { change: () => alertGroups.update(groupId('g9'), { at: 3 }), code: 'not_found' },
        { change: () => alertGroups.delete(groupId('g9')), code: 'not_found' },
      ]) {
        await expect(change()).rejects.toMatchObject({ code });
      }
      expect(await alertGroups.find('g1')).toEqual(now);
      expect(await alertGroups.find('g9')).toBeUndefined();
      await alertGroups.delete(groupId('g1'));
      expect(await alertGroups.find('g1')).toBeUndefined();
      await alertGroups.create(group('g2', { name: 'g1' }));
    });

    test('are named by workflows, of which only the newest version counts', async () => {
      const { workflows, alertGroups } = subject.store;
      const naming = (id: string, name: string) => ({
        ...version(id, `hash-${id}`),
        document: { name: id, alerts: { on: 'failure', group: name }, tasks: [{ name: 'ops' }] },
      });
      for (const [id, name] of [
        ['w-b', 'ops'],
        ['w-a', 'ops'],
        ['w-c', 'other'],
      ] as const) {
        await workflows.create(workflow(id), naming(id, name), workflowEvent(id));
      }
      const names = async (limit: number) => (await alertGroups.namedBy('ops', limit)).map(({ workflow: of }) => of);
      expect(await names(5)).toEqual(['w-a', 'w-b']);
      expect(await names(1)).toEqual(['w-a']);
      expect(await alertGroups.namedBy('nobody', 5)).toEqual([]);
    });
  });

  describe('alerts as people look for them', () => {
    const of = (id: string) => ({ workflowId: id as WorkflowId });
    const run = { workflowInstanceId: runId('r1') };
    const ROWS: readonly AlertRow[] = [
      alert(1_000, { ...of('w1'), ...run }),
      { ...alert(2_000, { ...of('w1'), ...run }), status: 'folded', foldedInto: alert(1_000).id },
      alert(3_000, { ...of('w2'), message: message('workflow_succeeded', { severity: 'info' }) }),
      { ...alert(4_000, { group: null, projectId: null, message: message('worker_lost') }), status: 'failed' },
      { ...alert(5_000, { group: 'dev', projectId: 'p2' as ProjectId, ...of('w3') }), status: 'sent', count: 3 },
    ];

    async function fill(): Promise<void> {
      await subject.store.alertChannels.create(channel('c1'));
      for (const row of ROWS) await subject.store.alerts.fileDirect(row, delivery(row, channel('c1')));
    }

    test.each<[AlertFilter, readonly number[]]>([
      [{}, [5, 4, 3, 1]],
      [{ status: 'folded' }, [2]],
      [{ status: 'waiting' }, [3, 1]],
      [{ kind: 'task_failed' }, [5, 1]],
      [{ severity: 'info' }, [3]],
      [{ projectId: PROJECT }, [3, 1]],
      [of('w1'), [1]],
      [run, [2, 1]],
      [{ group: 'ops' }, [3, 1]],
      [{ group: 'ops', severity: 'error', kind: 'task_failed' }, [1]],
      [{ since: 3_000 }, [5, 4, 3]],
      [{ until: 3_000 }, [1]],
      [{ ...run, since: 1_500, until: 2_500 }, [2]],
      [{ ...of('w1'), status: 'failed' }, []],
    ])('%j gives those, newest first', async (filter, expected) => {
      await fill();
      for (const limit of [1, 2, 50]) {
        const rows = await allPages((page) => subject.store.alerts.list(filter, page), limit);
        expect(rows, `pages of ${limit}`).toEqual(expected.map((at) => ROWS[at - 1]));
      }
    });

    test('those that were folded into one are found under it', async () => {
      await fill();
      const { alerts } = subject.store;
      expect(await allPages((page) => alerts.folded(ROWS[0]!.id, page), 1)).toEqual([ROWS[1]]);
      expect(await allPages((page) => alerts.folded(ROWS[4]!.id, page), 1)).toEqual([]);
    });

    test('one that people file is there together with its delivery, or not at all', async () => {
      const { alerts } = subject.store;
      await fill();
      const lost = alert(9_000);
      for (const to of [channel('c9')]) {
        await expect(alerts.fileDirect(lost, delivery(lost, to))).rejects.toMatchObject({ code: 'conflict' });
      }
      const again = alerts.fileDirect(ROWS[0]!, delivery(ROWS[0]!, channel('c1')));
      await expect(again).rejects.toMatchObject({ code: 'conflict' });
      expect(await allPages((page) => alerts.list({ since: 9_000 }, page), 5)).toEqual([]);
    });
  });
}
