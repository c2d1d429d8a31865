/** The alert engine in this server: what it is given, and what it tells about itself at /metrics. */
import type { MetricsRegistry } from '@vaquita/api';
import {
  type AlertChannelRow,
  type AlertFigures,
  addressed,
  type Clock,
  type IdSource,
  type Random,
  type Sealer,
  type Sender,
} from '@vaquita/core';
import {
  type AlertCount,
  type AlertEngine,
  type ChannelPorts,
  channelByName,
  createAlertEngine,
  type OutboundFailure,
  type RunStarter,
  type SendFunction,
  sendAlert,
} from '@vaquita/plugins';
import type { Store } from '@vaquita/store';
import type { HostLog } from './host.ts';
import type { ServerSettings } from './settings.ts';
import { sharedRead } from './shared-read.ts';

export interface AlertSender {
  /** Never rejects. */
  readonly send: SendFunction;
  close(): Promise<void>;
}

export interface AlertsDeps {
  readonly store: Pick<Store, 'alertQueue' | 'master'>;
  readonly sender: AlertSender;
  readonly runs: RunStarter;
  readonly sealer: Sealer;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: HostLog;
  readonly metrics: MetricsRegistry;
  /** Session of this server in the registry. */
  readonly claimer: string;
  readonly settings: Pick<ServerSettings, 'alertFoldWindowMs' | 'alertAttempts' | 'keepAlertsMs'>;
  /** What links lead to, and who sends. */
  readonly from: Sender;
}

export interface AlertMetricsDeps extends Pick<AlertsDeps, 'metrics' | 'clock'> {
  readonly store: { readonly alertQueue: Pick<Store['alertQueue'], 'figures'> };
}

/** Idle until this server leads. */
export function startAlerts(deps: AlertsDeps): AlertEngine {
  const { store, sender, sealer, ids, clock, random, log, claimer } = deps;
  const { alertFoldWindowMs: windowMs, alertAttempts: maxAttempts, keepAlertsMs: keepMs } = deps.settings;
  const inProcess: ChannelPorts = { ...NO_NETWORK, clock, runs: deps.runs };
  const engine = createAlertEngine({
    ...{ queue: store.alertQueue, ids, clock, random, log, claimer },
    send(given, target) {
      // What was filed knows neither the address nor who would send it.
      const delivery = { ...given, message: addressed(given.message, deps.from) };
      const isHere = channelByName(target.channel)?.inProcess === true;
      return isHere ? sendAlert(delivery, target, inProcess) : sender.send(delivery, target);
    },
    open: async ({ id, settings }: AlertChannelRow) =>
      JSON.parse(await sealer.open(id, settings)) as Readonly<Record<string, unknown>>,
    async recovered(epoch, claims, unreachable) {
      const data = { claims: claims.map((claim) => ({ ...claim })), unreachable };
      const what = { actor: 'alert-engine', action: 'alerts.taken_back', subject: 'alerts', data };
      await store.master.retention.note(epoch, { id: ids.next<'audit'>(), at: clock.now(), ...what });
    },
    settings: { windowMs, maxAttempts, keepMs },
  });
  registerAlertMetrics(deps, engine);
  return engine;
}

/** What connects to other machines does so in the sender's thread. */
const NOT_HERE: OutboundFailure = {
  ok: false,
  failure: 'refused',
  message: 'this channel connects to no other machine',
};
const NO_NETWORK = { http: { request: async () => NOT_HERE }, mail: { send: async () => NOT_HERE } };

/** What became of tries, as the metric says it. */
const RESULTS: Partial<Readonly<Record<AlertCount, string>>> = {
  ...{ sent: 'sent', retried: 'retry', failed: 'failed', stopped: 'given_back', recovered: 'taken_back' },
};
const HANDLED: Partial<Readonly<Record<AlertCount, string>>> = {
  ...{ taken: 'taken_up', folded: 'folded', untold: 'for_nobody', purged: 'removed' },
};

export function registerAlertMetrics(
  { store, metrics, clock }: AlertMetricsDeps,
  engine: Pick<AlertEngine, 'status'>,
): void {
  const total = (name: string, help: string, label: string, names: typeof RESULTS) =>
    metrics.total(name, help, () => {
      const { counts } = engine.status();
      return Object.entries(names).map(([what, value]) => ({
        labels: { [label]: value },
        value: counts[what as AlertCount],
      }));
    });
  total('vaquita_alert_deliveries_total', 'Tries at telling a channel of an alert, by the result.', 'result', RESULTS);
  total('vaquita_alerts_total', 'Alerts that the engine has dealt with, by what became of them.', 'what', HANDLED);

  const figures = sharedRead(() => store.alertQueue.figures());
  const gauge = (name: string, help: string, read: (figures: AlertFigures) => number) =>
    metrics.gauge(name, help, async () => [{ value: read(await figures()) }]);
  gauge('vaquita_alerts_waiting', 'Alerts that nobody has taken up yet.', ({ waiting }) => waiting);
  gauge('vaquita_alert_deliveries_queued', 'Alerts on their channels that wait to be sent.', ({ queued }) => queued);
  gauge('vaquita_alert_deliveries_sending', 'Alerts on their channels that are being sent.', ({ sending }) => sending);
  gauge(
    'vaquita_alerts_oldest_seconds',
    'Age of the oldest alert that has not reached all of its channels; 0: there is none.',
    ({ oldestAt }) => (oldestAt === null ? 0 : Math.max(0, clock.now() - oldestAt) / 1000),
  );
  metrics.gauge(
    'vaquita_alert_channel_delivered_timestamp_seconds',
    'When a channel last took an alert; absent until it has taken one.',
    async () =>
      (await figures()).channels.flatMap(({ name, lastDeliveredAt }) =>
        lastDeliveredAt === null ? [] : [{ labels: { channel: name }, value: lastDeliveredAt / 1000 }],
      ),
  );
}
