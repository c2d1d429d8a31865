/** The log of listener events that a store keeps beside everything else, for the contract of all such logs. */
import type { ListenerInstanceId } from '@vaquita/core';
import type { ListenerLogSubject } from '../listener-log-contract.ts';
import type { Subject } from '../store-contract.ts';

const ID = 'listening' as ListenerInstanceId;

export function listenerLogOf(subject: Subject): ListenerLogSubject {
  let term = 0;
  return {
    async lead(epoch) {
      term = epoch;
      await subject.lead(epoch);
      return subject.store.listenerEngine.openLog(epoch);
    },
    origin: async () => (await subject.store.events.latestSeq()) ?? 0,
    async listen(cursor, { types, project }) {
      const { instances } = subject.store.listeners;
      const common = { id: ID, name: ID, plugin: 'webhook', settings: 'sealed', enabled: true, createdAt: 1 };
      await instances.create({ ...common, eventTypes: types, projectId: project });
      await subject.store.listenerEngine.heard(term, ID, { seq: cursor, at: 1 });
    },
  };
}
