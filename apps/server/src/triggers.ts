/** Triggers in this server: the duties that have workflows follow workflows and new files, and what they tell about themselves at /metrics. */
import type { MetricsRegistry } from '@vaquita/api';
import type { Clock, CommandRow } from '@vaquita/core';
import { createAfterDuty, createFileDuty, type LeaderDuty, type Lookouts } from '@vaquita/master';
import type { Store } from '@vaquita/store';
import type { HostLog } from './host.ts';

export interface TriggersDeps {
  readonly store: Pick<Store, 'triggerQueue' | 'watchQueue' | 'firings' | 'master' | 'events'>;
  readonly lookouts: Lookouts;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly metrics: MetricsRegistry;
  /** The start of a run is durable. */
  readonly filed: (command: CommandRow) => void;
}

export interface Triggers {
  readonly duties: readonly LeaderDuty[];
  /** Hint: something has been recorded, or a trigger was changed. */
  nudge(): void;
}

/** Idle until this server leads. */
export function startTriggers({ store, lookouts, clock, log, metrics, filed }: TriggersDeps): Triggers {
  const firings = metrics.counter(
    'vaquita_trigger_firings_total',
    'What triggers have noticed, by their kind and by what became of it; deliveries to webhooks are counted apart.',
  );
  const looks = metrics.counter(
    'vaquita_trigger_looks_total',
    'Looks for files and objects that a worker was asked for, by how they ended: looked, silent (no answer), changed (the trigger was).',
  );
  const others = store.master.others;
  const after = createAfterDuty({
    ...{ queue: store.triggerQueue, others, clock, log, filed },
    fired: ({ outcome }) => firings.add({ kind: 'after_workflow', outcome }),
  });
  const files = createFileDuty({
    ...{
      triggers: store.triggerQueue,
      queue: store.watchQueue,
      firings: store.firings,
      others,
      lookouts,
      clock,
      log,
      filed,
    },
    fired: ({ outcome }) => firings.add({ kind: 'file', outcome }),
    looked: (end) => looks.add({ end }),
  });
  metrics.gauge(
    'vaquita_trigger_events_behind',
    'Events of the record that have yet to be looked at for triggers that wait for workflows; on the server that leads.',
    async () => {
      const position = after.position();
      return position === null ? [] : [{ value: Math.max(0, (await store.events.latestSeq()) - position) }];
    },
  );
  metrics.gauge(
    'vaquita_trigger_files_waiting',
    'Files and objects that were found and not acted on: they have to settle, or cannot be started; on the server that leads.',
    async () => {
      const waiting = files.waiting();
      return waiting === null ? [] : [{ value: waiting }];
    },
  );
  return {
    duties: [after, files],
    nudge() {
      after.nudge();
      files.nudge();
    },
  };
}
