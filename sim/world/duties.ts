/** What works in a server while it leads, besides the engine: alerts, listeners and schedules, put together as in the real assembly. */
import type { AlertQueue, Clock, CommandRow, IdSource, ListenerEngineStore, ListenerHost, Random } from '@vaquita/core';
import { createAfterDuty, createBackfillDuty, createScheduleDuty, type LeaderDuty, type Logger } from '@vaquita/master';
import { createAlertEngine, type SendFunction } from '@vaquita/plugins';
import { createListenerEngine } from '@vaquita/plugins/engine';
import type { BackfillQueue, OtherRunsStore, ScheduleQueue, TriggerQueue } from '@vaquita/store';
import type { Breakage } from '../breaks/breakage.ts';
import { MAX_BACKFILL_RUNS } from '../scenario/backfills.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { HEAR_LIMIT_MS, MAX_SENDS, SEND_LIMIT_MS, SEND_MARGIN_MS } from '../scenario/tellings.ts';
import type { Database } from './database.ts';
import type { SimProcess } from './process.ts';

export interface DutiesDeps {
  readonly scenario: Scenario;
  readonly process: SimProcess;
  readonly database: Database;
  readonly alertQueue: AlertQueue;
  readonly listenerStore: ListenerEngineStore;
  readonly scheduleQueue: ScheduleQueue;
  readonly backfillQueue: BackfillQueue;
  readonly triggerQueue: TriggerQueue;
  readonly send: SendFunction;
  /** @param term the one that has begun last. */
  readonly hostFor: (term: () => number) => Pick<ListenerHost, 'use'>;
  readonly breakage: Breakage | undefined;
}

export interface DutyTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly log: Logger;
  readonly claimer: string;
  /** Far away, as everything in the database is. */
  readonly others: OtherRunsStore;
  readonly waitingForRoom: () => number;
  /** Whoever carries out commands is told that there are some. */
  readonly commanded: (commands: readonly CommandRow[]) => void;
}

export interface Duties {
  readonly all: readonly LeaderDuty[];
  /** Alerts have been filed; something has happened. */
  filed(): void;
  happened(): void;
}

/** Hurried, and with small pages, so that there is something to see in the time of a world. */
const ALERTS = {
  ...{ holdMs: 1_000, windowMs: 8_000, sendsAtOnce: 3, sendsPerChannel: 2, sendsToUnproven: 2 },
  ...{ timeoutMs: SEND_LIMIT_MS, marginMs: SEND_MARGIN_MS, maxAttempts: MAX_SENDS },
  ...{ backoffMs: 500, maxBackoffMs: 4_000, maxRetryAfterMs: 20_000, lookMs: 1_000, pollMs: 6_000, pageSize: 3 },
  ...{ upkeepMs: 10_000, upkeepAtOnce: 2, keepMs: 60_000, graceMs: 2_000 },
};
const LISTENERS = {
  ...{ timeoutMs: HEAR_LIMIT_MS, keepMs: 20_000, maxBytes: 30_000, blockedMs: 10_000, pollMs: 4_000, pauseMs: 1_000 },
  ...{ page: 20, upkeepMs: 15_000, firstRetryMs: 500, lastRetryMs: 5_000 },
};
const SCHEDULES = {
  pollMs: 5_000,
  page: 2,
  unit: 2,
  queueEveryMs: 200,
  aheadMs: 20_000,
  clockCheckMs: 30_000,
  asideMs: 10_000,
};

const BACKFILLS = {
  ...{ maxRunning: MAX_BACKFILL_RUNS, lookMs: 200, idleLookMs: 1_000, pollMs: 5_000, recoveredMs: 8_000 },
  ...{ graceMs: 2_000, itemsAtOnce: 2 },
};

const TRIGGERS = { pollMs: 4_000, lookMs: 200, page: 7, behindEvents: 40, behindMs: 5_000 };

/** Whether anybody can be told of anything. */
function hasAlerts({ alertGroups, workflows }: Scenario): boolean {
  return alertGroups.length > 0 || workflows.some(({ alerts }) => alerts !== null);
}

export function createDuties(deps: DutiesDeps, tools: DutyTools): Duties {
  const { scenario, process, database, breakage } = deps;
  const duties: LeaderDuty[] = [];
  let term = 0;
  let filed = () => {};
  const happenings: (() => void)[] = [];

  if (hasAlerts(scenario)) {
    const queue = database.seenFrom(process, deps.alertQueue);
    const alerts = createAlertEngine({
      ...tools,
      queue: breakage?.alertPort?.(queue) ?? queue,
      send: deps.send,
      open({ settings }) {
        const opened = JSON.parse(settings) as { readonly name: string; readonly readable: boolean };
        if (!opened.readable) throw new Error('It was sealed with another key.');
        return opened;
      },
      settings: ALERTS,
    });
    duties.push(alerts);
    filed = alerts.nudge;
  }
  if (scenario.listeners.length > 0) {
    const store = seenListening(database, process, deps.listenerStore);
    const host = deps.hostFor(() => term);
    const listeners = createListenerEngine({
      ...tools,
      store: breakage?.listenerPort?.(store) ?? store,
      host: breakage?.listenerHost?.(host) ?? host,
      sealer: { open: async (_id, text) => text },
      builtIns: new Set([PLUGIN]),
      settings: LISTENERS,
    });
    duties.push({
      begin(epoch) {
        term = epoch;
        listeners.begin(epoch);
      },
      end: listeners.end,
    });
    happenings.push(listeners.nudge);
  }
  if (scenario.schedules.length > 0) {
    const queue = database.seenFrom(process, deps.scheduleQueue);
    const schedules = createScheduleDuty({
      ...tools,
      queue: breakage?.schedulePort?.(queue) ?? queue,
      filed: tools.commanded,
      settings: SCHEDULES,
    });
    duties.push(schedules);
    happenings.push(schedules.runsChanged);
  }
  if (scenario.backfills.length > 0) {
    const queue = database.seenFrom(process, deps.backfillQueue);
    const backfills = createBackfillDuty({
      ...tools,
      queue: breakage?.backfillPort?.(queue) ?? queue,
      workflows: tools.others,
      filed: (command) => tools.commanded([command]),
      changed() {},
      settings: BACKFILLS,
    });
    duties.push(backfills);
    happenings.push(backfills.nudge);
  }
  if (scenario.triggers.length > 0) {
    const queue = database.seenFrom(process, deps.triggerQueue);
    const triggers = createAfterDuty({
      ...tools,
      queue: breakage?.triggerPort?.(queue) ?? queue,
      filed: (command) => tools.commanded([command]),
      settings: TRIGGERS,
    });
    duties.push(triggers);
    happenings.push(triggers.nudge);
  }
  return {
    all: duties,
    filed: () => filed(),
    happened() {
      for (const hear of happenings) hear();
    },
  };
}

export const PLUGIN = 'sim';

/** A log is opened without a call. */
function seenListening(database: Database, process: SimProcess, store: ListenerEngineStore): ListenerEngineStore {
  const { openLog } = store;
  const seen = database.seenFrom(process, store);
  return {
    ...{ record: seen.record, markRead: seen.markRead, fileAlert: seen.fileAlert, enabled: seen.enabled },
    ...{ code: seen.code, heard: seen.heard, passed: seen.passed, failed: seen.failed },
    forgetFailures: seen.forgetFailures,
    openLog: (epoch) => database.seenFrom(process, openLog(epoch)),
  };
}
