/** Draws who is told of what: alert settings of workflows and starts, channels and groups, listeners, and what people do about them. */
import { ALERT_CHOICES, type AlertKind, LISTENER_EVENT_TYPES } from '@vaquita/core';
import { calmAfterAll } from './calm.ts';
import type { Chance } from './chance.ts';
import type { Operation, Scenario } from './scenario.ts';
import {
  type AlertGroupSpec,
  type AlertSpec,
  type ChannelSpec,
  HEAR_LIMIT_MS,
  type HearSpec,
  type ListenerSpec,
  SEND_LIMIT_MS,
  type SendSpec,
} from './tellings.ts';

/** Of alerts of the cluster. */
const CLUSTER_KINDS: readonly AlertKind[] = ['worker_lost', 'server_lost', 'failover', 'workflow_quarantined'];
const GROUPS = ['default', 'ops', 'nobody'];
/** Named, and not there. */
const MISSING = 'nowhere';
const CHANNELS = ['chat', 'mail', 'pager'];

/** Below it there is no time for people to do anything. */
const LEAST_MS = 5_000;

export function drawTellings(chance: Chance, scenario: Scenario, busyMs: number): Scenario {
  const untilMs = Math.max(LEAST_MS, Math.min(busyMs, scenario.calmAt));
  const alerting = chance.happens(0.6) ? drawAlerting(chance, scenario, untilMs) : scenario;
  return calmAfterAll(chance.happens(0.4) ? drawListening(chance, alerting, untilMs) : alerting);
}

function drawAlerting(chance: Chance, scenario: Scenario, untilMs: number): Scenario {
  const channels = CHANNELS.slice(0, chance.between(1, 3)).map((name) => drawChannel(chance, name));
  const alertGroups = GROUPS.slice(0, chance.between(1, 3)).map(
    (name): AlertGroupSpec => ({
      name,
      channels: name === 'nobody' ? [] : chance.some(channels, 0.7).map((channel) => channel.name),
      kinds: chance.some(CLUSTER_KINDS, 0.5),
    }),
  );
  const workflows = scenario.workflows.map((workflow) => ({
    ...workflow,
    alerts: chance.happens(0.8) ? drawAlertSpec(chance) : null,
  }));
  const starts = scenario.operations.map((operation) =>
    operation.do === 'start' && chance.happens(0.2)
      ? {
          ...operation,
          alertOn: chance.oneOf(ALERT_CHOICES),
          alertGroup: chance.happens(0.5) ? drawGroup(chance) : null,
        }
      : operation,
  );
  const changes = chance.happens(0.4)
    ? Array.from({ length: chance.between(1, 4) }, () => drawChange(chance, { channels, alertGroups, untilMs }))
    : [];
  return { ...scenario, channels, alertGroups, workflows, operations: [...starts, ...changes] };
}

function drawGroup(chance: Chance): string {
  return chance.weighed([
    [8, 'default'],
    [4, 'ops'],
    [1, 'nobody'],
    [1, MISSING],
  ]);
}

function drawAlertSpec(chance: Chance): AlertSpec {
  return {
    on: chance.weighed([
      [1, 'none'],
      [1, 'success'],
      [2, 'failure'],
      [3, 'all'],
    ]),
    group: drawGroup(chance),
    queueWaitMs: chance.happens(0.3) ? chance.between(2, 40) * 1_000 : null,
    deadlineMs: chance.happens(0.3) ? chance.between(5, 90) * 1_000 : null,
  };
}

function drawChannel(chance: Chance, name: string): ChannelSpec {
  return {
    name,
    enabled: !chance.happens(0.1),
    readable: !chance.happens(0.05),
    sends: chance.happens(0.3) ? [] : Array.from({ length: chance.skewed(1, 12) }, () => drawSend(chance)),
    usualMs: chance.oneOf([20, 20, 2_500]),
  };
}

function drawSend(chance: Chance): SendSpec {
  const how = chance.weighed<SendSpec['how']>([
    [4, 'ok'],
    [3, 'fail'],
    [1, 'refuse'],
    [1, 'pause'],
    [2, 'cut'],
    [1, 'hang'],
    [1, 'deaf'],
    [1, 'late'],
    [0.7, 'dies'],
    [0.7, 'sleeps'],
  ]);
  if (how === 'pause') return { how, ms: chance.between(1, 30) * 1_000 };
  if (how === 'late') return { how, ms: SEND_LIMIT_MS + chance.between(100, 20_000) };
  return { how, ms: chance.skewed(1, SEND_LIMIT_MS - 500) };
}

interface ChangeSources {
  readonly channels: readonly ChannelSpec[];
  readonly alertGroups: readonly AlertGroupSpec[];
  readonly untilMs: number;
}

function drawChange(chance: Chance, { channels, alertGroups, untilMs }: ChangeSources): Operation {
  const at = chance.skewed(1_000, untilMs);
  const channel = chance.oneOf(channels).name;
  switch (chance.oneOf(['switch', 'switch', 'remove', 'group', 'group', 'resend', 'resend'] as const)) {
    case 'switch':
      return { at, do: 'switch_channel', channel, enabled: chance.happens(0.5) };
    case 'remove':
      return { at, do: 'remove_channel', channel };
    case 'group':
      return { at, do: 'group_channel', channel, group: chance.oneOf(alertGroups).name, member: chance.happens(0.6) };
    case 'resend':
      return { at, do: 'resend' };
  }
}

function drawListening(chance: Chance, scenario: Scenario, untilMs: number): Scenario {
  const listeners = Array.from({ length: chance.between(1, 3) }, (_, index) => drawListener(chance, `l${index + 1}`));
  const operations = listeners.flatMap(({ name }) => drawLife(chance, name, untilMs));
  return { ...scenario, listeners, operations: [...scenario.operations, ...operations] };
}

function drawListener(chance: Chance, name: string): ListenerSpec {
  const types = chance.happens(0.4) ? LISTENER_EVENT_TYPES : chance.some(LISTENER_EVENT_TYPES, 0.4);
  return {
    name,
    types: types.length > 0 ? types : ['workflow.ended'],
    project: chance.weighed([
      [3, 'any'],
      [3, 'own'],
      [1, 'other'],
    ]),
    deliveries: chance.happens(0.3) ? [] : Array.from({ length: chance.skewed(1, 20) }, () => drawHearing(chance)),
    usualMs: chance.oneOf([5, 5, 5, 300]),
  };
}

function drawHearing(chance: Chance): HearSpec {
  const how = chance.weighed<HearSpec['how']>([
    [10, 'ok'],
    [4, 'throw'],
    [1, 'hang'],
    [1, 'crash'],
    [1, 'crash_after'],
    [0.5, 'dies'],
    [0.5, 'sleeps'],
  ]);
  return { how, ms: chance.skewed(1, HEAR_LIMIT_MS - 500) };
}

/** It is made before anything happens or later, and often something is done about it. */
function drawLife(chance: Chance, listener: string, untilMs: number): Operation[] {
  const made = chance.happens(0.6) ? 0 : chance.skewed(100, untilMs / 4);
  const later = () => made + 1 + chance.skewed(100, untilMs - made);
  const life: Operation[] = [{ at: made, do: 'listener', listener, what: 'create' }];
  if (chance.happens(0.2)) {
    const off = later();
    life.push({ at: off, do: 'listener', listener, what: 'disable' });
    if (chance.happens(0.8))
      life.push({ at: off + chance.skewed(10, 60_000), do: 'listener', listener, what: 'enable' });
  }
  if (chance.happens(0.2)) life.push({ at: later(), do: 'listener', listener, what: 'touch' });
  if (chance.happens(0.1)) life.push({ at: later(), do: 'listener', listener, what: 'delete' });
  for (let times = chance.oneOf([0, 0, 1, 3]); times > 0; times--)
    life.push({ at: later(), do: chance.happens(0.7) ? 'skip' : 'try_now', listener });
  return life;
}
