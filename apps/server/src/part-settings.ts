/** What each part of the server is told of the settings of the whole. */
import { JANITOR_DEFAULTS, MASTER_DEFAULTS, type MasterSettings } from '@vaquita/master';
import { LISTENER_DEFAULTS, type ListenerSettings } from '@vaquita/plugins/engine';
import type { RetentionPolicy } from '@vaquita/store';
import type { ServerSettings } from './settings.ts';

export function masterSettings(settings: ServerSettings): Partial<MasterSettings> {
  const { maxLiveRuns, maxLiveRunsPerProject, maxQueuedTasks, maxQueuedTasksPerProject } = settings;
  const { recoveryPage, recoveryAtOnce, maxFailovers } = settings;
  return {
    janitor: {
      ...{ ...JANITOR_DEFAULTS, policy: policyOf(settings) },
      ...{ keepAuditMs: settings.keepAuditMs, everyMs: settings.janitorIntervalMs },
    },
    ...{ maxLiveRuns, maxLiveRunsPerProject, maxQueuedTasks, maxQueuedTasksPerProject },
    ...{ recoveryPage, recoveryAtOnce, machine: { ...MASTER_DEFAULTS.machine, maxFailovers } },
  };
}

export function listenerSettings(settings: ServerSettings): ListenerSettings {
  return {
    ...LISTENER_DEFAULTS,
    timeoutMs: settings.listenerTimeoutMs,
    keepMs: settings.keepListenerEventsMs,
    maxBytes: settings.listenerBacklogMib * 1024 * 1024,
    blockedMs: settings.listenerBlockedMs,
  };
}

export function policyOf({ keepRunsMs, keepRunsPerWorkflow, keepRunsAtLeast }: ServerSettings): RetentionPolicy {
  return { keepMs: keepRunsMs, keepRuns: keepRunsPerWorkflow, keepAtLeast: keepRunsAtLeast };
}
