/** What the listener engine writes, told to the model in the moment in which it is applied. */
import type { Epoch, ListenerEngineStore, ListenerLog } from '@vaquita/core';
import type { SimProcess } from './process.ts';
import type { Watch } from './witnessed.ts';

export function witnessedListening(
  store: ListenerEngineStore,
  process: SimProcess,
  { model, guard, say, elapsed, record }: Watch & { readonly record: () => Promise<void> },
): ListenerEngineStore {
  const wrote = (epoch: Epoch, tell: () => void) =>
    guard(() => {
      model.writes(epoch, process.name);
      tell();
    });

  return {
    ...store,
    openLog: (epoch) => witnessedLog(store.openLog(epoch), () => wrote(epoch, () => {})),
    async fileAlert(epoch, alert) {
      const filed = await store.fileAlert(epoch, alert);
      if (filed) wrote(epoch, () => {});
      return filed;
    },
    async heard(epoch, id, delivery) {
      await store.heard(epoch, id, delivery);
      await record();
      say(`${process.name} writes that ${id} has heard event ${delivery.seq}`);
      wrote(epoch, () => model.listeners.heard(id, delivery.seq, elapsed()));
    },
    async passed(epoch, instance, seq) {
      await store.passed(epoch, instance, seq);
      wrote(epoch, () => {});
    },
    async failed(epoch, id, failure) {
      await store.failed(epoch, id, failure);
      say(`${process.name} writes that ${id} fails at event ${failure.seq} (${failure.attempt})`);
      wrote(epoch, () => model.listeners.failed(id, failure.seq, elapsed()));
    },
    async forgetFailures(epoch, options) {
      const forgotten = await store.forgetFailures(epoch, options);
      if (forgotten > 0) wrote(epoch, () => {});
      return forgotten;
    },
  };
}

function witnessedLog({ producer, consumer, keeper }: ListenerLog, wrote: () => void): ListenerLog {
  return {
    producer: {
      ...producer,
      async append(batch) {
        await producer.append(batch);
        wrote();
      },
    },
    consumer,
    keeper: {
      ...keeper,
      async removeHeard(options) {
        const step = await keeper.removeHeard(options);
        if (step.removed > 0) wrote();
        return step;
      },
    },
  };
}
