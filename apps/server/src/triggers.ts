/** Triggers in this server: the duty that has workflows follow workflows, and what it tells about itself at /metrics. */
import type { MetricsRegistry } from '@vaquita/api';
import type { Clock, CommandRow } from '@vaquita/core';
import { type AfterDuty, createAfterDuty } from '@vaquita/master';
import type { Store } from '@vaquita/store';
import type { HostLog } from './host.ts';

export interface TriggersDeps {
  readonly store: Pick<Store, 'triggerQueue' | 'master' | 'events'>;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly metrics: MetricsRegistry;
  /** The start of a run is durable. */
  readonly filed: (command: CommandRow) => void;
}

/** Idle until this server leads. */
export function startTriggers({ store, clock, log, metrics, filed }: TriggersDeps): AfterDuty {
  const firings = metrics.counter(
    'vaquita_trigger_firings_total',
    'Ends of runs that a trigger has waited for, by what became of them.',
  );
  const duty = createAfterDuty({
    ...{ queue: store.triggerQueue, others: store.master.others, clock, log, filed },
    fired: ({ outcome }) => firings.add({ outcome }),
  });
  metrics.gauge(
    'vaquita_trigger_events_behind',
    'Events of the record that have yet to be looked at for triggers that wait for workflows; on the server that leads.',
    async () => {
      const position = duty.position();
      return position === null ? [] : [{ value: Math.max(0, (await store.events.latestSeq()) - position) }];
    },
  );
  return duty;
}
