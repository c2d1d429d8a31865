/** What the listener engine tells about itself at /metrics, on the server that leads. */
import type { MetricsRegistry } from '@vaquita/api';
import type { Clock } from '@vaquita/core';
import type { ListenerEngine, ListenerReport } from '@vaquita/plugins/engine';

type Instance = ListenerReport['instances'][number];

export function registerListenerMetrics(
  metrics: MetricsRegistry,
  { engine, clock }: { readonly engine: Pick<ListenerEngine, 'report'>; readonly clock: Pick<Clock, 'now'> },
): void {
  const ofInstances = (figure: (instance: Instance) => number) => () =>
    (engine.report()?.instances ?? []).map((instance) => ({
      labels: { listener: instance.name },
      value: figure(instance),
    }));
  const ofTerm = (figure: (report: ListenerReport) => number | null) => () => {
    const report = engine.report();
    const value = report === null ? null : figure(report);
    return value === null ? [] : [{ value }];
  };

  metrics.gauge(
    'vaquita_listener_waiting_events',
    'Events that a listener has yet to hear; counted up to 10,000.',
    ofInstances(({ events }) => events),
  );
  metrics.gauge(
    'vaquita_listener_lag_seconds',
    'Age of the oldest event that a listener has yet to hear; 0: none waits.',
    ofInstances(({ oldestAt }) => (oldestAt === null ? 0 : Math.max(0, clock.now() - oldestAt) / 1_000)),
  );
  metrics.gauge(
    'vaquita_listener_blocked',
    '1 for a listener that is blocked by an event that failed, else 0.',
    ofInstances(({ isBlocked }) => Number(isBlocked)),
  );
  metrics.gauge(
    'vaquita_listener_relay_position',
    'Up to which event of the record listeners have been told.',
    ofTerm(({ position }) => position),
  );
  metrics.gauge(
    'vaquita_listener_kept_events',
    'Events that are kept for listeners.',
    ofTerm(({ kept }) => kept.events),
  );
  metrics.gauge(
    'vaquita_listener_kept_bytes',
    'What they take, about.',
    ofTerm(({ kept }) => kept.bytes),
  );
}
