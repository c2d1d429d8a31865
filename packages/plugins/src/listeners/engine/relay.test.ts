import { AppError } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import { openListenerBench } from '../../testing/listener-bench.ts';

describe('what listeners hear of the record', () => {
  test('N1 L1 has an instance hear everything from its making on, in order, and soon when told', async () => {
    const world = openListenerBench();
    world.lead(1);
    await world.happen(2);
    await world.add('a');
    await world.add('none', { eventTypes: ['task.failed'] });
    const seqs = await world.happen(120);
    world.engine.refresh();
    await world.clock.advance(500);
    expect(world.heard).toEqual({ a: seqs });
    expect(await world.row('a')).toMatchObject({ cursor: seqs.at(-1), delivered: 120 });
    const more = await world.happen(1);
    world.engine.nudge();
    await world.clock.advance(100);
    expect(world.heard.a?.at(-1)).toBe(more[0]);
  });

  test('finds by itself what nobody has told it of', async () => {
    const world = openListenerBench();
    world.lead(1);
    await world.clock.advance(0);
    await world.add('a');
    const seqs = await world.happen(3);
    await world.clock.advance(3 * world.settings.pollMs);
    expect(world.heard.a).toEqual(seqs);
  });

  test('N3 keeps nothing while no instance is switched on, and the record is free', async () => {
    const world = openListenerBench();
    await world.add('off', { enabled: false });
    world.lead(1);
    const [seq] = await world.happen(1);
    await world.clock.advance(2 * world.settings.pollMs);
    expect(world.engine.report()?.position).toBe(seq);
    expect(await world.store.listenerEngine.openLog(1).keeper.weight()).toMatchObject({ events: 0 });
  });

  test('N1 hears what a log had lost, and was told again, before what came later', async () => {
    const world = openListenerBench();
    let lostFrom = Number.POSITIVE_INFINITY;
    const engine = world.createEngine((epoch) => {
      const { producer, consumer, keeper } = world.store.listenerEngine.openLog(epoch);
      let isTold = true;
      return {
        keeper,
        producer: {
          async position() {
            isTold = true;
            return lostFrom === Number.POSITIVE_INFINITY ? await producer.position() : lostFrom - 1;
          },
          async append(batch) {
            if (lostFrom <= batch.position && !isTold) throw new AppError('unavailable', 'It has lost what it had.');
            await producer.append(batch);
            if (lostFrom <= batch.position) isTold = batch.events.some(({ seq }) => seq > lostFrom);
            if (isTold) lostFrom = Number.POSITIVE_INFINITY;
          },
        },
        consumer: {
          ...consumer,
          next: async (wanted) => (await consumer.next(wanted)).filter(({ seq }) => seq < lostFrom),
        },
      };
    });
    world.lead(1, engine);
    await world.add('a');
    const before = await world.happen(1);
    await world.clock.advance(2 * world.settings.pollMs);
    expect(world.heard.a).toEqual(before);
    lostFrom = before[0]! + 1;
    const lost = await world.happen(1);
    await world.clock.advance(2 * world.settings.pollMs);
    expect(world.heard.a).toEqual(before);
    const later = await world.happen(1);
    await world.clock.advance(4 * world.settings.pollMs);
    expect(world.heard.a).toEqual([...before, ...lost, ...later]);
  });
});
