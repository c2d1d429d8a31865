/** Alerts: written with the unit they tell of or not at all, once each, and resolved only where something is open. */
import {
  type AlertId,
  clusterAlert,
  type NewAlert,
  type NewEvent,
  quarantineAlert,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { command, commit, event, run, worker } from './fixtures.ts';

export function describeAlertFiling(subject: Subject): void {
  describe('filing alerts', () => {
    beforeEach(() => subject.lead(1));

    const file = (...newAlerts: NewAlert[]) => subject.store.master.commit(1, commit({ newAlerts }));
    /** Oldest first. */
    const filed = async () =>
      (await subject.store.alerts.list({}, { limit: 100, cursor: null })).items
        .map(({ id, groupName, message }) => `${id} ${groupName ?? '-'} ${message.state}`)
        .toReversed();

    test('is part of the unit, and what is filed twice is written once', async () => {
      const { master } = subject.store;
      await expect(master.commit(2, commit({ newAlerts: [alert('a1')] }))).rejects.toMatchObject({ code: 'fenced' });
      const refused = commit({ instance: run('none'), newAlerts: [alert('a1')] });
      await expect(master.commit(1, refused)).rejects.toMatchObject({ code: 'conflict' });
      expect(await filed()).toEqual([]);
      await file(alert('a1'));
      await file(alert('a1', 'open', { group: 'other' }), alert('a2'));
      expect(await filed()).toEqual(['a1 - open', 'a2 - open']);
    });

    test('resolves where the newest of the subject is open, and tells the group that was told', async () => {
      await file(alert('a1', 'resolved'));
      expect(await filed()).toEqual([]);
      await file(alert('a2', 'open', { group: 'ops' }));
      await file(alert('a3', 'resolved', { group: 'default' }));
      await file(alert('a4', 'resolved', { group: 'default' }));
      expect(await filed()).toEqual(['a2 ops open', 'a3 ops resolved']);
      await file(alert('a5'), alert('a6', 'resolved'));
      await file(alert('a6', 'resolved'));
      expect(await filed()).toEqual(['a2 ops open', 'a3 ops resolved', 'a5 - open', 'a6 - resolved']);
    });

    test('resolves what was filed last, whatever ids say', async () => {
      // A deadline that passed while nobody led is told after a success that came later.
      await file(alert('a1'), alert('a5', 'resolved'));
      await file(alert('a3'));
      await file(alert('a6', 'resolved'));
      await file(alert('a7', 'resolved'));
      expect(await filed()).toEqual(['a1 - open', 'a3 - open', 'a5 - resolved', 'a6 - resolved']);
      // A leader whose clock was ahead has filed it.
      await file(alert('z1', 'open', { group: 'ops' }));
      await file(alert('b1', 'resolved'));
      await file(alert('b2', 'resolved'));
      expect((await filed()).slice(4)).toEqual(['b1 ops resolved', 'z1 ops open']);
    });

    test('of runs that were set aside are resolved with the last of them in their workflow', async () => {
      const quarantine = { code: 'quarantined' as const, text: 'It throws.', since: 1 };
      const [first, second] = [run('r1'), run('r2')];
      const write = (instance: typeof first, id: string) =>
        subject.store.master.commit(1, commit({ instance, newAlerts: [aside(instance, id)] }));
      for (const id of ['r1', 'r2', 'r3'])
        await subject.store.instances.start(run(id), command(`c-${id}`, id), event(id));
      const removal = { ...quarantine, code: 'being_removed' as const };
      await subject.store.master.commit(1, commit({ instance: run('r3', { quarantine: removal }) }));
      await write({ ...first, quarantine }, 'a1');
      await write({ ...second, quarantine }, 'a2');
      await write(first, 'a3');
      expect(await filed()).toEqual(['a1 - open', 'a2 - open']);
      await write(second, 'a4');
      await write(second, 'a5');
      expect(await filed()).toEqual(['a1 - open', 'a2 - open', 'a4 - resolved']);
    });

    test('of the loss of a worker goes with the change of its state, and of its return to who was told', async () => {
      const { workers } = subject.store.master;
      const joins = (id: string) => workers.upsert(1, worker('w1'), 'joined', alert(id, 'resolved'));
      const lost = (id: string) =>
        workers.setState(1, worker('w1').id, { state: 'offline', at: 9, why: 'lost', alert: alert(id) });
      await joins('a1');
      expect(await filed()).toEqual([]);
      await lost('a2');
      await lost('a3');
      expect(await filed()).toEqual(['a2 - open']);
      await joins('a4');
      await joins('a5');
      expect(await filed()).toEqual(['a2 - open', 'a4 - resolved']);
    });

    test('of a lost server writes its event once with it, and only for who leads', async () => {
      const { master, events } = subject.store;
      const before = await events.latestSeq();
      await expect(master.noteLostServer(2, LOST, alert('a1'))).rejects.toMatchObject({ code: 'fenced' });
      expect(await filed()).toEqual([]);
      for (let times = 0; times < 2; times++) await master.noteLostServer(1, LOST, alert('a1'));
      await master.noteLostServer(1, LOST, alert('a2'));
      expect(await filed()).toEqual(['a1 - open', 'a2 - open']);
      expect((await events.after(before, { limit: 10 })).map(({ type }) => type)).toEqual([
        'server.lost',
        'server.lost',
      ]);
    });
  });
}

const none = { projectId: null, workflowInstanceId: null, taskInstanceId: null };
const LOST: NewEvent = { type: 'server.lost', ...none, at: 5, data: { id: 's1', name: 's1', host: null } };

function aside(instance: WorkflowInstanceRow, id: string): NewAlert {
  return quarantineAlert({ id: id as AlertId, at: 5 }, { instance, projectName: 'p' }, instance.quarantine);
}

function alert(id: string, state: 'open' | 'resolved' = 'open', more: Partial<NewAlert> = {}): NewAlert {
  const words = { title: 'Lost', text: 'It is gone.' };
  return { ...clusterAlert('worker_lost', { id: id as AlertId, at: 5, about: 'w1', ...words, state }), ...more };
}
