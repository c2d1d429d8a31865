/** The contract of installed listener plugins and their code. */
import { describe, expect, test } from 'vitest';
import type { ListenerStore } from '../../ports/listeners.ts';
import type { Subject } from '../store-contract.ts';
import { instance, instanceId, plugin } from './listener-fixtures.ts';

export function describeListenerPlugins(subject: Subject): void {
  const people = (): ListenerStore => subject.store.listeners;
  const engine = () => subject.store.listenerEngine;
  const conflict = { code: 'conflict' };

  async function cursorNow(): Promise<number> {
    return (await subject.store.events.latestSeq()) ?? 0;
  }

  describe('listener plugins', () => {
    test('installs plugins, gives their code, and keeps those that are in use', async () => {
      const { plugins } = people();
      const row = plugin('mine');
      await plugins.install(row, 'export default 1');
      await expect(plugins.install({ ...row, id: 'p9' as never }, '')).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await plugins.find('mine')).toEqual(row);
      expect(await engine().code('mine')).toBe('export default 1');
      expect(await engine().code('none')).toBeUndefined();
      await plugins.update(row.id, { enabled: true, code: 'export default 2', digest: 'd2', version: '2.0.0', at: 9 });
      expect(await plugins.list()).toEqual([{ ...row, enabled: true, digest: 'd2', version: '2.0.0', updatedAt: 9 }]);
      expect(await engine().code('mine')).toBe('export default 2');
      await people().instances.create(instance('a', { plugin: 'mine' }));
      expect((await engine().enabled())[0]?.installed).toEqual({ enabled: true, digest: 'd2' });
      const inUse = plugins.uninstall(row.id);
      await expect(inUse).rejects.toMatchObject({ ...conflict, message: expect.stringContaining('a') });
      await people().instances.delete(instanceId('a'));
      await plugins.uninstall(row.id);
      expect(await plugins.list()).toEqual([]);
      await expect(plugins.uninstall(row.id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(plugins.update(row.id, { enabled: false, at: 10 })).rejects.toMatchObject({ code: 'not_found' });
    });

    test('has what blocks the instances of a plugin tried at once when the plugin is changed', async () => {
      await subject.lead(1);
      await people().plugins.install(plugin('mine'), 'export default 1');
      for (const [id, of] of Object.entries({ a: 'mine', b: 'other', c: 'mine' }))
        await people().instances.create(instance(id, { plugin: of }));
      const failure = {
        seq: (await cursorNow()) + 1,
        attempt: 9,
        reason: 'not enabled',
        at: 60,
        nextAttemptAt: 300_060,
      };
      for (const id of ['a', 'b']) await engine().failed(1, instanceId(id), failure);
      await people().plugins.update(plugin('mine').id, { enabled: true, at: 99 });
      const next = ['a', 'b', 'c'].map(async (id) => (await people().instances.find(id))?.nextAttemptAt);
      expect(await Promise.all(next)).toEqual([99, 300_060, null]);
      expect(await people().instances.find('a')).toMatchObject({ blockedSeq: failure.seq, attempt: 9 });
    });
  });
}
