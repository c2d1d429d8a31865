/** Known defects of triggers: how ends and deliveries are read and what is written of them. */
import type { TriggerStore } from '@vaquita/store';
import type { Breakage } from './breakage.ts';
import { everyNth } from './tools.ts';

/** Each copy of a delivery is one of its own. */
function copiesCount(people: TriggerStore): TriggerStore {
  let taken = 0;
  return {
    ...people,
    fire(fire) {
      taken += 1;
      return people.fire({ ...fire, firing: { ...fire.firing, key: `${fire.firing.key}-${taken}` } });
    },
  };
}

export const TRIGGER_BREAKAGES: readonly (() => Breakage)[] = [
  () => {
    const due = everyNth(4);
    return {
      name: 'firing-first',
      what: 'Every fourth firing is two units, and somebody dies between it and its run.',
      triggerPort: (queue) => ({
        ...queue,
        fire: (epoch, fire) => queue.fire(epoch, fire.run && due() ? { ...fire, run: null } : fire),
      }),
    };
  },
  () => {
    const due = everyNth(7);
    return {
      name: 'overlooked-end',
      what: 'Every seventh end of a run is left out when the record is read for triggers.',
      triggerPort: (queue) => ({
        ...queue,
        async endsAfter(seq, limit) {
          const read = await queue.endsAfter(seq, limit);
          return { ...read, ends: read.ends.filter(() => !due()) };
        },
      }),
    };
  },
  () => ({
    name: 'hasty-trigger',
    what: 'The cursors of triggers are moved on a little further than the record has been read.',
    triggerPort: (queue) => ({
      ...queue,
      advance: (epoch, triggers, seq) => queue.advance(epoch, triggers, seq + 5),
    }),
  }),
  () => ({
    name: 'never-offline',
    what: 'A trigger that is put offline goes on.',
    triggerPeople: (people) => ({
      ...people,
      setOnline: async (id, online, ...changed) => !online || people.setOnline(id, online, ...changed),
    }),
  }),
  () => ({
    name: 'round-and-round',
    what: 'Nobody knows what has started a run.',
    triggerPort: (queue) => ({ ...queue, firingOf: async () => undefined }),
  }),
  () => ({
    name: 'any-end',
    what: 'Triggers are taken to wait for every end.',
    triggerPort: (queue) => ({
      ...queue,
      async online(kind) {
        const rows = await queue.online(kind);
        return rows.map((row) =>
          row.config.kind === 'after_workflow'
            ? { ...row, config: { ...row.config, on: 'end', backfills: true } }
            : row,
        );
      },
    }),
  }),
  () => ({
    name: 'copies-count',
    what: 'A delivery that comes twice is taken twice.',
    triggerPeople: copiesCount,
  }),
  () => {
    const due = everyNth(3);
    return {
      name: 'unwritten-delivery',
      what: 'Every third delivery is said to be filed, and is not.',
      triggerPeople: (people) => ({
        ...people,
        fire: async (fire) => (due() ? { answer: 'fired' } : people.fire(fire)),
      }),
    };
  },
];
