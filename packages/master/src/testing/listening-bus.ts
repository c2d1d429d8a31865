/** A run and its bus for tests of what stands around them: keeps what it is told. */
import type { LifecycleEvent, TaskInstanceId, TaskInstanceRow, WorkflowInstanceRow } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';

export interface ListeningBus {
  readonly bus: RunBus;
  readonly told: LifecycleEvent[];
  /** As when the run is set aside or given up. */
  become(state: RunBus['state']): void;
}

/** The id of the current task instance of a task: `<run>-<task>`. */
export function createListeningBus(
  instance: Partial<WorkflowInstanceRow>,
  tasks: Readonly<Record<string, Partial<TaskInstanceRow> | null>> = {},
): ListeningBus {
  const nodes = Object.entries(tasks).map(([name, row]) => ({
    task: { name },
    current: row && { id: `${instance.id}-${name}` as TaskInstanceId, name, state: 'running', ...row },
  }));
  const told: LifecycleEvent[] = [];
  let state: RunBus['state'] = 'open';
  const bus = {
    id: instance.id,
    run: {
      instance: { projectId: 'p', workflowId: 'w', dryRun: false, number: 1, state: 'running', ...instance },
      nodes,
      graph: { indexOf: new Map(nodes.map(({ task }, index) => [task.name, index])) },
    },
    get state() {
      return state;
    },
    post: (event: LifecycleEvent) => void told.push(event),
  };
  return {
    bus: bus as unknown as RunBus,
    told,
    become(next) {
      state = next;
    },
  };
}
