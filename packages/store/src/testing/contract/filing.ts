/** The contract of runs that are filed by the first unit of their master. */
import { describe, expect, test } from 'vitest';
import type { AuditRow } from '../../ports/api.ts';
import type { Filing } from '../../ports/master.ts';
import type { Subject } from '../store-contract.ts';
import { command, commit, event, run, runId, task, WORKFLOW } from './fixtures.ts';

const audit: AuditRow = {
  id: 'a1' as AuditRow['id'],
  at: 1,
  actor: 'ann',
  action: 'workflow.start',
  subject: 'p/w',
  data: {},
};
const filing = (id: string, version = 1): Filing => ({
  instance: run(id, { version }),
  command: command(`c-${id}`, id),
  event: event(id, { type: 'workflow_instance.created', data: { n: 1 } }),
  audit,
});
const firstUnit = (id: string, version = 1) =>
  commit({
    filing: filing(id, version),
    instance: run(id, { version, state: 'running' }),
    assignNumber: true,
    newTasks: [task(`t-${id}`, id)],
    events: [event(id, { data: { n: 2 } })],
    commandsDone: [{ id: command(`c-${id}`, id).id, outcome: 'done' }],
  });

export function describeFiling(subject: Subject): void {
  describe('a run that its first unit files', () => {
    test('is in the rows as if it had been filed before, with what the unit makes of it', async () => {
      const { master, instances, commands, events, requests } = subject.store;
      await subject.lead(1);
      const before = await events.latestSeq();
      const { number } = await master.commit(1, firstUnit('r1'));
      expect(await instances.find('r1')).toEqual(run('r1', { state: 'running', number }));
      expect(number).toBe(1);
      expect(await instances.tasks(runId('r1'))).toEqual([task('t-r1', 'r1')]);
      expect(await commands.outcome('c-r1')).toEqual({ done: true, outcome: 'done' });
      expect((await events.after(before, { limit: 10 })).map(({ data }) => data.n)).toEqual([1, 2]);
      expect((await requests.auditLog({ limit: 5, cursor: null })).items).toEqual([audit]);
    });

    test.each([
      ['the run is there already', 'r1', 1, 'conflict'],
      ['its version is gone', 'r2', 9, 'conflict'],
      ['somebody else leads', 'r3', 1, 'fenced'],
    ])('leaves nothing when %s', async (_why, id, version, code) => {
      const { master, instances, commands, events, requests } = subject.store;
      await instances.start(run('r1'), command('c-r1', 'r1'), event('r1'));
      await subject.lead(2);
      const before = await events.latestSeq();
      const refused = master.commit(code === 'fenced' ? 1 : 2, firstUnit(id, version));
      await expect(refused).rejects.toMatchObject({ code });
      expect(await instances.find(id)).toEqual(id === 'r1' ? run('r1') : undefined);
      expect(await commands.outcome('c-r1')).toEqual({ done: false, outcome: null });
      expect(await instances.tasks(runId(id))).toEqual([]);
      expect(await events.latestSeq()).toBe(before);
      expect((await requests.auditLog({ limit: 5, cursor: null })).items).toEqual([]);
    });
  });

  test('the definition of a version is read by itself, while it is there', async () => {
    const { master, instances } = subject.store;
    await instances.start(run('r1'), command('c-r1', 'r1'), event('r1'));
    const { instance: _instance, tasks: _tasks, outbox: _outbox, ...definition } = (await master.loadRun(runId('r1')))!;
    expect(await master.loadDefinition(WORKFLOW, 1)).toEqual(definition);
    expect(await master.loadDefinition(WORKFLOW, 9)).toBeUndefined();
    expect(await master.loadDefinition('nobody' as never, 1)).toBeUndefined();
  });
}
