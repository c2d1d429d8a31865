/** Known defects of what the engine stands on: its store, its clock, its settings. */
import { AppError, toAppError, type WorkflowDocument } from '@vaquita/core';
import type { Breakage } from './breakage.ts';
import { everyNth } from './tools.ts';

export const ENGINE_BREAKAGES: readonly (() => Breakage)[] = [
  () => ({
    name: 'no-fence',
    what: 'The store takes the writes of a leader whose epoch is over.',
    store(store) {
      let newest = 0;
      return {
        ...store.master,
        async commit(epoch, unit) {
          newest = Math.max(newest, epoch);
          store.leader.set(epoch);
          try {
            return await store.master.commit(epoch, unit);
          } finally {
            store.leader.set(newest);
          }
        },
      };
    },
  }),
  () => {
    const due = everyNth(150);
    return {
      name: 'lost-timer',
      what: 'One timer in 150 is forgotten.',
      clock: (clock) => ({
        now: clock.now,
        setTimeout: (run, delayMs) => clock.setTimeout(due() ? () => {} : run, delayMs),
        clearTimeout: clock.clearTimeout,
      }),
    };
  },
  () => ({
    name: 'early-dispatch',
    what: 'Commits are answered before the store has written them, so that dispatches leave before they are durable.',
    port: (store) => ({
      ...store,
      async commit(epoch, unit) {
        store.commit(epoch, unit).catch(() => {});
        return { number: null };
      },
    }),
  }),
  () => {
    const due = everyNth(4);
    const seen = new Set<string>();
    const lost = new Set<string>();
    return {
      name: 'lost-command',
      what: 'Every fourth command is left out whenever pending ones are read.',
      port: (store) => ({
        ...store,
        async pendingCommands(limit) {
          const commands = await store.pendingCommands(limit);
          for (const { id } of commands) if (!seen.has(id) && seen.add(id) && due()) lost.add(id);
          return commands.filter(({ id }) => !lost.has(id));
        },
      }),
    };
  },
  () => {
    const due = everyNth(5);
    return {
      name: 'lost-write',
      what: 'The store says of every fifth commit that it is written, and has not written it.',
      store: (store) => ({
        ...store.master,
        commit: async (epoch, unit) =>
          due() && !unit.assignNumber ? { number: null } : store.master.commit(epoch, unit),
      }),
    };
  },
  () => {
    const due = everyNth(7);
    return {
      name: 'double-write',
      what: 'The store writes every seventh result twice.',
      store: (store) => ({
        ...store.master,
        async commit(epoch, unit) {
          const ends = unit.changedTasks.some(({ endedAt }) => endedAt !== null);
          const twice = ends && unit.commandsDone.length === 0 && unit.newTasks.length === 0 && due();
          const done = await store.master.commit(epoch, unit);
          if (twice) await store.master.commit(epoch, { ...unit, assignNumber: false });
          return done;
        },
      }),
    };
  },
  () => ({
    name: 'impatient',
    what: 'A dispatch is taken back before a worker can have acknowledged it.',
    settings: { ackTimeoutMs: 20 },
  }),
  () => ({
    name: 'blind-gate',
    what: 'A new leader is told of no run that is live, and the store lets two runs have one place.',
    port: (store) => ({
      ...store,
      liveRuns: async () => [],
      commit: (epoch, unit) =>
        store.commit(epoch, { ...unit, instance: unit.instance && { ...unit.instance, executionSlot: null } }),
    }),
  }),
  () => ({
    name: 'blind-to-labels',
    what: 'Tasks are taken to ask for no labels.',
    port: (store) => ({
      ...store,
      async loadRun(id) {
        const rows = await store.loadRun(id);
        return rows && { ...rows, document: withoutLabels(rows.document) };
      },
    }),
  }),
  () => ({
    name: 'no-drain',
    what: 'What people decide about workers is never read.',
    port: (store) => ({
      ...store,
      workers: { ...store.workers, standings: async () => [], standingsOf: async () => [] },
    }),
  }),
  () => ({
    name: 'blind-repeat',
    what: 'A commit whose answer was lost is taken for one that was not written.',
    port: (store) => ({
      ...store,
      async commit(epoch, unit) {
        try {
          return await store.commit(epoch, unit);
        } catch (thrown) {
          if (toAppError(thrown).code !== 'outcome_unknown') throw thrown;
          throw new AppError('unavailable', 'It is said that nothing was written.');
        }
      },
    }),
  }),
];

function withoutLabels(document: WorkflowDocument): WorkflowDocument {
  // Logic tasks must not have the key.
  const tasks = (document.tasks as readonly object[]).map((task) =>
    'workerLabels' in task ? { ...task, workerLabels: {} } : task,
  );
  return { ...document, tasks };
}
