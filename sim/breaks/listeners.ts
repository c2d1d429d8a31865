/** Known defects of listeners: how events are handed over, heard, and skipped. */
import type { ListenerEngineStore, ListenerLog } from '@vaquita/core';
import type { Breakage } from './breakage.ts';
import { everyNth, termOf } from './tools.ts';

export const LISTENER_BREAKAGES: readonly (() => Breakage)[] = [
  () => {
    const due = everyNth(5);
    return {
      name: 'hasty-hearing',
      what: 'Every fifth event is said to have been heard before the listener has it.',
      listenerHost: (host) => ({
        use(use) {
          const running = host.use(use);
          return { ...running, deliver: async (...given) => (due() ? { ok: true } : running.deliver(...given)) };
        },
      }),
    };
  },
  () => ({
    name: 'skips-what-fails',
    what: 'An event that fails for the second time is left behind without a person having skipped it.',
    listenerPort: (store) => ({
      ...store,
      failed: (epoch, id, failure) =>
        failure.attempt < 2
          ? store.failed(epoch, id, failure)
          : store.heard(epoch, id, { seq: failure.seq, at: failure.at }),
    }),
  }),
  () => {
    const term = termOf();
    return {
      name: 'unfenced-cursor',
      what: 'A leader whose epoch is over moves the cursors of listeners.',
      lockChanged: term.lockChanged,
      listenerStore: (store, memory) => ({
        ...store,
        heard: (epoch, ...args) => term.as(epoch, memory, () => store.heard(epoch, ...args)),
        failed: (epoch, ...args) => term.as(epoch, memory, () => store.failed(epoch, ...args)),
      }),
    };
  },
  () => ({
    name: 'early-position',
    what: 'How far the record has been read is written before the events are.',
    listenerPort: throughLog((log) => ({
      ...log,
      producer: {
        ...log.producer,
        async append(batch) {
          await log.producer.append({ ...batch, events: [] });
          await log.producer.append(batch);
        },
      },
    })),
  }),
  () => {
    const term = termOf();
    return {
      name: 'wrong-skip',
      what: 'Whoever skips an event skips what comes after it too.',
      lockChanged: term.lockChanged,
      listenerPeople: (people, memory) => ({
        ...people,
        async skip(id, skip) {
          await people.skip(id, skip);
          const { epoch } = term;
          if (epoch !== null) await memory.listenerEngine.heard(epoch, id, { seq: skip.seq + 3, at: skip.at });
        },
      }),
    };
  },
  () => ({
    name: 'deaf-to-starts',
    what: 'Starts of tasks are not handed over to listeners.',
    listenerPort: throughLog((log) => ({
      ...log,
      producer: {
        ...log.producer,
        append: (batch) =>
          log.producer.append({ ...batch, events: batch.events.filter(({ type }) => type !== 'task.started') }),
      },
    })),
  }),
  () => ({
    name: 'turned-round',
    what: 'Where several events wait for a listener, they are handed to it from the last to the first.',
    listenerPort: throughLog((log) => ({
      ...log,
      consumer: { ...log.consumer, next: async (selection) => (await log.consumer.next(selection)).toReversed() },
    })),
  }),
  () => {
    const failing = new Set<string>();
    return {
      name: 'one-for-all',
      what: 'While an event blocks one listener the others wait for it.',
      listenerHost: (host) => ({
        use(use) {
          const running = host.use(use);
          const { name } = use.instance;
          return {
            ...running,
            async deliver(event, timeoutMs) {
              if ([...failing].some((other) => other !== name)) return new Promise(() => {});
              const result = await running.deliver(event, timeoutMs);
              if (result.ok) failing.delete(name);
              else failing.add(name);
              return result;
            },
          };
        },
      }),
    };
  },
  () => {
    let removedUpTo = 0;
    return {
      name: 'forgetful-keeper',
      what: 'Events that are old are removed whether they have been heard or not.',
      listenerStore: throughLog((log) => ({
        ...log,
        consumer: {
          ...log.consumer,
          next: async (selection) => (await log.consumer.next(selection)).filter(({ time }) => time >= removedUpTo),
        },
        keeper: {
          ...log.keeper,
          removeHeard(options) {
            removedUpTo = Math.max(removedUpTo, options.before);
            return log.keeper.removeHeard(options);
          },
        },
      })),
    };
  },
];

function throughLog(change: (log: ListenerLog) => ListenerLog): (store: ListenerEngineStore) => ListenerEngineStore {
  return (store) => ({ ...store, openLog: (epoch) => change(store.openLog(epoch)) });
}
