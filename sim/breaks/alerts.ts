/** Known defects of alerts: how they are filed, taken up, claimed and sent. */
import type { ClaimedDelivery } from '@vaquita/core';
import type { Breakage } from './breakage.ts';
import { everyNth, termOf } from './tools.ts';

const NOTHING = {
  ...{ instance: null, assignNumber: false, newTasks: [], changedTasks: [], writtenBefore: new Map(), events: [] },
  ...{ outboxPut: [], outboxDone: [], commandsDone: [], newRuns: [], newCommands: [] },
};

export const ALERT_BREAKAGES: readonly (() => Breakage)[] = [
  () => ({
    name: 'late-alert',
    what: 'Alerts are filed after the commit that they tell of, and not in it.',
    port: (store) => ({
      ...store,
      async commit(epoch, unit) {
        const { newAlerts } = unit;
        const done = await store.commit(epoch, { ...unit, newAlerts: [] });
        if (newAlerts.length > 0) void store.commit(epoch, { ...NOTHING, newAlerts }).catch(() => {});
        return done;
      },
    }),
  }),
  () => {
    const last = new Map<string, ClaimedDelivery>();
    const due = everyNth(5);
    return {
      name: 'claim-again',
      what: 'Every fifth claim is granted without a look at whether somebody has it.',
      alertQueue: (queue) => ({
        ...queue,
        async claim(epoch, request) {
          const claims = await queue.claim(epoch, request);
          const again = claims.length > 0 && due() ? [...last.values()].slice(-1) : [];
          for (const one of claims) last.set(one.id, one);
          return [...again.filter(({ id }) => claims.every((one) => one.id !== id)), ...claims];
        },
      }),
    };
  },
  () => {
    const term = termOf();
    const newest = new Map<string, { readonly claimer: string; readonly attempt: number }>();
    return {
      name: 'any-result',
      what: 'What came of a claim is written, whichever claim stands and whoever leads by then.',
      lockChanged: term.lockChanged,
      alertQueue: (queue, store) => ({
        ...queue,
        async claim(epoch, request) {
          const claims = await queue.claim(epoch, request);
          for (const { id, attempt } of claims) newest.set(id, { attempt, claimer: request.claimer });
          return claims;
        },
        finish: (epoch, result) =>
          term.as(epoch, store, () => queue.finish(epoch, { ...result, ...newest.get(result.id) })),
      }),
    };
  },
  () => ({
    name: 'eager-janitor',
    what: 'Claims that are in hand are taken back.',
    alertPort: (queue) => ({
      ...queue,
      reclaim: (epoch, request) =>
        queue.reclaim(epoch, { ...request, held: [], claimedBefore: Number.MAX_SAFE_INTEGER }),
    }),
  }),
  () => ({
    name: 'no-janitor',
    what: 'Claims of those who are gone are not taken back.',
    alertPort: (queue) => ({ ...queue, reclaim: async () => ({ claims: [], unreachable: 0 }) }),
  }),
  () => {
    const due = everyNth(3);
    return {
      name: 'lost-count',
      what: 'Every third alert that speaks for others forgets one of them.',
      alertPort: (queue) => ({
        ...queue,
        takeUp: (epoch, intake) =>
          queue.takeUp(epoch, {
            ...intake,
            folds: intake.folds.map((fold) =>
              due() ? { ...fold, message: { ...fold.message, count: fold.message.count - 1 } } : fold,
            ),
          }),
      }),
    };
  },
  () => {
    const due = everyNth(4);
    return {
      name: 'left-out',
      what: 'Every fourth alert is taken up without the last channel that it is for.',
      alertPort: (queue) => ({
        ...queue,
        takeUp: (epoch, intake) =>
          queue.takeUp(epoch, {
            ...intake,
            taken: intake.taken.map((one) =>
              one.deliveries.length > 1 && due() ? { ...one, deliveries: one.deliveries.slice(0, -1) } : one,
            ),
          }),
      }),
    };
  },
  () => {
    const due = everyNth(4);
    return {
      name: 'said-to-be-sent',
      what: 'Every fourth send that failed is written down as one that succeeded.',
      alertPort: (queue) => ({
        ...queue,
        finish: (epoch, result) =>
          queue.finish(epoch, result.status !== 'sent' && due() ? { ...result, status: 'sent', answer: 'ok' } : result),
      }),
    };
  },
  () => {
    const due = everyNth(4);
    const hidden = new Set<string>();
    const seen = new Set<string>();
    return {
      name: 'overlooked-alert',
      what: 'Every fourth alert is left out whenever those that wait are read.',
      alertPort: (queue) => ({
        ...queue,
        async waiting(after, limit) {
          const rows = await queue.waiting(after, limit);
          for (const { id } of rows) if (!seen.has(id) && seen.add(id) && due()) hidden.add(id);
          return rows.filter(({ id }) => !hidden.has(id));
        },
      }),
    };
  },
  () => {
    const term = termOf();
    return {
      name: 'unfenced-alerts',
      what: 'The queue of alerts takes what a leader writes whose epoch is over.',
      lockChanged: term.lockChanged,
      alertQueue: (queue, store) => ({
        ...queue,
        takeUp: (epoch, intake) => term.as(epoch, store, () => queue.takeUp(epoch, intake)),
        claim: (epoch, request) => term.as(epoch, store, () => queue.claim(epoch, request)),
        finish: (epoch, result) => term.as(epoch, store, () => queue.finish(epoch, result)),
        release: (epoch, ...args) => term.as(epoch, store, () => queue.release(epoch, ...args)),
      }),
    };
  },
];
