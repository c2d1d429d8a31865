/** The last lines that each instance has said on this server, in memory. A flood pushes out its own lines only. */
import type { Clock, ListenerInstanceId, ListenerLogLevel, ListenerLogLine } from '@vaquita/core';
import { visible } from './visible.ts';

export interface InstanceLogs {
  add(instance: ListenerInstanceId, level: ListenerLogLevel, text: string): void;
  read(instance: ListenerInstanceId): readonly ListenerLogLine[];
}

const MAX_LINES = 500;
/** Those who have spoken least lately go when there are more. */
const MAX_INSTANCES = 1_000;

export function createInstanceLogs(clock: Clock): InstanceLogs {
  const logs = new Map<ListenerInstanceId, ListenerLogLine[]>();

  return {
    add(instance, level, text) {
      const lines = logs.get(instance) ?? [];
      logs.delete(instance);
      logs.set(instance, lines);
      lines.push({ at: clock.now(), level, text: visible(text) });
      // Taking away one by one would copy the whole list for every line of a flood.
      if (lines.length >= 2 * MAX_LINES) lines.splice(0, lines.length - MAX_LINES);
      if (logs.size > MAX_INSTANCES) logs.delete(logs.keys().next().value!);
    },
    read: (instance) => (logs.get(instance) ?? []).slice(-MAX_LINES),
  };
}
