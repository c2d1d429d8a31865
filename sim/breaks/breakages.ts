/** The known defects, by name. */
import { AppError, toAppError, type WorkflowDocument } from '@vaquita/core';
import type { Breakage } from './breakage.ts';

/** Every n-th call of a function goes wrong. */
function everyNth(n: number): () => boolean {
  let calls = 0;
  return () => ++calls % n === 0;
}

/** Frames of one message at a time, so that one can be dropped or doubled. */
function messagesOf(text: string): { readonly type?: string }[] {
  const parsed: unknown = JSON.parse(text);
  return (Array.isArray(parsed) ? parsed : [parsed]) as { readonly type?: string }[];
}

/** Drops every n-th message of this type that the server sends. */
function dropsSent(type: string, n: number): Pick<Breakage, 'wire'> {
  const due = everyNth(n);
  return {
    wire: (wire) => ({
      ...wire,
      send(text) {
        const left = messagesOf(text).filter((message) => message.type !== type || !due());
        if (left.length > 0) wire.send(JSON.stringify(left));
      },
    }),
  };
}

export const BREAKAGES: readonly (() => Breakage)[] = [
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
  () => ({
    name: 'lost-ack',
    what: 'Every third acknowledgement of a result is not sent, nor is it when the result is told again.',
    ...dropsSent('resultAck', 3),
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
  () => ({
    name: 'over-admit',
    what: 'Workers are taken to have one slot more than they have.',
    wire: (wire) => ({
      ...wire,
      onText: (receive) =>
        wire.onText((text) => receive(text.replace(/"slots":(\d+)/, (_, slots) => `"slots":${Number(slots) + 1}`))),
    }),
  }),
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
    const due = everyNth(6);
    return {
      name: 'success-for-failure',
      what: 'Every sixth result is heard as a success.',
      wire: (wire) => ({
        ...wire,
        onText: (receive) =>
          wire.onText((text) =>
            receive(
              text.includes('"type":"result"') && due() ? text.replace('"state":"failure"', '"state":"success"') : text,
            ),
          ),
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
    name: 'lost-kill',
    what: 'No order to end a task is ever sent.',
    ...dropsSent('kill', 1),
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
/** Leaks that the reconciler mends. Each is found as the others are when it is switched off. */
export const MENDED_BREAKAGES: readonly (() => Breakage)[] = [
  () => ({
    name: 'forgotten-run',
    what: 'A new leader is told of no open run. The reconciler brings them into memory.',
    port: (store) => ({ ...store, openInstances: async () => ({ items: [], next: null }) }),
    mendedBy: ['run_not_in_memory', 'stuck_command'],
  }),
  () => ({
    name: 'forgotten-run-for-good',
    what: 'The same, and nobody holds memory against rows.',
    port: (store) => ({ ...store, openInstances: async () => ({ items: [], next: null }) }),
    settings: { reconciler: null },
  }),
];

export function findBreakage(name: string): Breakage {
  const found = [...BREAKAGES, ...MENDED_BREAKAGES].map((make) => make()).find((breakage) => breakage.name === name);
  if (found) return found;
  const names = BREAKAGES.map((make) => make().name).join(', ');
  throw new AppError('bad_request', `There is no known defect "${name}". There are: ${names}.`);
}
