/** The alert engine on the virtual clock over the store in memory, with channels that a test makes answer as it likes. */
import type {
  AlertChannelId,
  AlertChannelRow,
  AlertGroupId,
  AlertId,
  AlertKind,
  AlertMessage,
  AlertQueue,
  AlertRow,
} from '@vaquita/core';
import { createIdSource } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { createMemoryStore } from '@vaquita/store/testing';
import type { Delivery } from '../alerts/channel.ts';
import { type AlertEngine, createAlertEngine } from '../alerts/engine/engine.ts';
import type { AlertEngineDeps } from '../alerts/engine/ports.ts';
import type { SendResult } from '../alerts/send-result.ts';
import { NOW, sampleMessage } from './sample-message.ts';

export const DELIVERED: SendResult = { ok: true, answer: 'ok' };

export interface Sent {
  readonly channel: string;
  readonly delivery: Delivery;
}

export type Answer = (delivery: Delivery, channel: string) => SendResult | Promise<SendResult>;

/** Heeds nothing but the signal. */
export const hang: Answer = ({ signal }) =>
  new Promise((resolve) => {
    const failure = { ok: false, reason: 'stopped', retryable: true, message: 'given up', retryAfterMs: null } as const;
    signal.addEventListener('abort', () => resolve(failure));
  });

export async function openAlertBench() {
  const clock = createManualClock(NOW);
  const store = createMemoryStore({ clock });
  const ids = createIdSource(clock, createSeededRandom(3));
  const sent: Sent[] = [];
  const logged: string[] = [];
  let answer: Answer = () => DELIVERED;
  let epoch = 0;

  function engine(more: Partial<AlertEngineDeps> = {}): AlertEngine {
    return createAlertEngine({
      queue: store.alertQueue,
      clock,
      random: createSeededRandom(5),
      ids,
      log: { info() {}, warn: (text) => void logged.push(text), error: (text) => void logged.push(text) },
      claimer: 'server-1',
      async send(delivery, { settings }) {
        const channel = String((settings as { readonly name: string }).name);
        sent.push({ channel, delivery });
        return answer(delivery, channel);
      },
      open: ({ settings }) => JSON.parse(settings) as Readonly<Record<string, unknown>>,
      ...more,
    });
  }

  return {
    clock,
    store,
    sent,
    logged,
    engine,
    answers(given: Answer) {
      answer = given;
    },
    /** The next term: whoever led before leads no longer. */
    lead(): number {
      epoch += 1;
      store.leader.set(epoch);
      return epoch;
    },
    putChannels(...names: readonly string[]): void {
      store.alertTargets.put({ channels: names.map((name) => channelRow(name)) });
    },
    putGroup(name: string, channels: readonly string[], kinds: readonly AlertKind[] = []): void {
      const row = { id: name as AlertGroupId, name, description: '', kinds, createdAt: 1, updatedAt: 1 };
      store.alertTargets.put({ groups: [{ ...row, channels: channels.map((id) => id as AlertChannelId) }] });
    },
    channelRow,
    /** Files one, as a producer does in its unit. */
    async file(
      more: Partial<AlertMessage> = {},
      group: string | null = 'default',
      id = ids.next<'alert'>(),
    ): Promise<AlertId> {
      const at = clock.now();
      const of = { projectId: null, workflowId: null, workflowInstanceId: null };
      const message = sampleMessage({ firstAt: at, lastAt: at, ...more });
      const given = { ...of, id, group, message, createdAt: at };
      await store.master.commit(epoch, { ...EMPTY_UNIT, newAlerts: [given] });
      return id;
    },
    async alert(id: AlertId): Promise<AlertRow> {
      return (await store.alertQueue.find(id))!.alert;
    },
    async deliveries(id: AlertId) {
      return (await store.alertQueue.find(id))!.deliveries;
    },
    titles: () => sent.map(({ channel, delivery }) => `${channel}: ${delivery.message.title}`),
  };
}

const EMPTY_UNIT = {
  ...{ instance: null, assignNumber: false, newTasks: [], changedTasks: [], writtenBefore: new Map(), events: [] },
  ...{ outboxPut: [], outboxDone: [], commandsDone: [], newRuns: [], newCommands: [], newAlerts: [] },
};

export function channelRow(name: string, more: Partial<AlertChannelRow> = {}): AlertChannelRow {
  return {
    ...{ id: name as AlertChannelId, name, type: 'webhook', settings: JSON.stringify({ name }), enabled: true },
    ...{ lastDeliveredAt: null, lastError: null, notBefore: 0, createdAt: 1, updatedAt: 1 },
    ...more,
  };
}

/** Does what the queue does, and throws before or after the verb of a number, as when the process dies there. */
export function dyingQueue(
  queue: AlertQueue,
  dieAt: number,
  after: boolean,
): { queue: AlertQueue; dead: Promise<void> } {
  const dead = Promise.withResolvers<void>();
  let calls = 0;
  let isDead = false;
  const forever = new Promise<never>(() => {});
  const verbs = Object.entries(queue).map(([name, verb]) => {
    const mortal = async (...args: readonly unknown[]) => {
      if (isDead) return forever;
      calls += 1;
      const dies = calls === dieAt;
      if (dies) isDead = true;
      const result =
        dies && !after ? undefined : await (verb as (...given: readonly unknown[]) => Promise<unknown>)(...args);
      if (dies) dead.resolve();
      return isDead ? forever : result;
    };
    return [name, mortal];
  });
  return { queue: Object.fromEntries(verbs) as AlertQueue, dead: dead.promise };
}
