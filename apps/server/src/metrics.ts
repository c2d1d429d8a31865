/** What the server tells about itself at /metrics, beside what the API counts of its requests. */
import type { MetricsRegistry } from '@vaquita/api';
import type { Clock } from '@vaquita/core';
import type { Master } from '@vaquita/master';
import type { Store, TaskGroupRow } from '@vaquita/store';

export interface MetricsDeps {
  readonly master: Pick<Master, 'status' | 'workerFaults' | 'mends' | 'cleaned'>;
  readonly store: Pick<Store, 'commands' | 'master' | 'taskGroups' | 'workerGroups'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly version: string;
}

export function registerMetrics(metrics: MetricsRegistry, { master, store, version }: MetricsDeps): void {
  metrics.gauge('vaquita_build_info', 'Always 1; the version is in the label.', () => [
    { labels: { version }, value: 1 },
  ]);
  metrics.gauge('vaquita_leader', '1 on the server that leads, else 0.', () => [{ value: master.status() ? 1 : 0 }]);
  metrics.gauge('vaquita_leader_epoch', 'The number of this server’s term; absent on a follower.', () =>
    ofTerm((term) => term.epoch),
  );
  metrics.gauge('vaquita_runs_in_memory', 'Runs that have not ended and are in the leader’s memory.', () =>
    ofTerm((term) => term.runs),
  );
  metrics.gauge('vaquita_runs_waiting', 'Runs that wait for their turn, by what they wait for.', () => {
    const term = master.status();
    if (!term) return [];
    return [
      { labels: { for: 'runs_of_the_workflow' }, value: term.room.waitingForTurn },
      { labels: { for: 'admission' }, value: term.room.waitingForAdmission },
    ];
  });
  metrics.gauge('vaquita_runs_live', 'Runs that have begun and not ended; admission is held against them.', () =>
    ofTerm((term) => term.room.liveRuns),
  );
  metrics.gauge('vaquita_runs_quarantined', 'Runs that are set aside until somebody retries or stops them.', () =>
    ofTerm((term) => term.quarantined),
  );
  metrics.gauge('vaquita_tasks_queued', 'Tasks that wait for a worker.', () => ofTerm((term) => term.queued));
  metrics.gauge('vaquita_dispatches_live', 'Tasks that a worker holds.', () => ofTerm((term) => term.live));
  metrics.gauge('vaquita_commands_pending', 'Commands that the leader has not carried out yet.', async () => [
    { value: await store.commands.pendingCount() },
  ]);
  metrics.gauge('vaquita_workers', 'Known workers, by state.', async () => {
    const counts = new Map<string, number>();
    for (const { state } of await store.master.workers.list()) counts.set(state, (counts.get(state) ?? 0) + 1);
    return [...counts].map(([state, value]) => ({ labels: { state }, value }));
  });
  metrics.gauge('vaquita_worker_group_queued', 'Tasks that wait for a worker of a worker group.', async () =>
    counted('group', await store.workerGroups.queued()),
  );
  metrics.total('vaquita_worker_faults_total', 'What workers did wrong, by the name of the fault.', () =>
    counted('fault', master.workerFaults().faults),
  );
  metrics.total('vaquita_worker_rejects_total', 'Workers that were not let in, by the reason.', () =>
    counted('code', master.workerFaults().rejects),
  );
  metrics.total('vaquita_worker_sessions_ended_total', 'Connections of workers that ended, by the reason.', () =>
    counted('reason', master.workerFaults().sessionsEnded),
  );
  metrics.total('vaquita_reconciler_mended_total', 'Defects that were found in memory and mended, by check.', () =>
    counted('check', master.mends().mended),
  );
  metrics.total(
    'vaquita_reconciler_given_up_total',
    'Defects that were found again after each mending, by check.',
    () => counted('check', master.mends().gaveUp),
  );
  metrics.gauge('vaquita_reconciler_rounds', 'Times this term has held all of memory against the rows.', () =>
    ofTerm((term) => term.reconciler?.rounds ?? 0),
  );
  const cleaned = () => {
    const {
      freedBytes: _freed,
      logBytes: _bytes,
      left: _left,
      taskInstances: task_instances,
      ...more
    } = master.cleaned();
    return { ...more, task_instances };
  };
  metrics.total('vaquita_janitor_removed_total', 'What has served its time and was removed, by kind.', () =>
    counted('what', cleaned()),
  );
  metrics.total('vaquita_janitor_log_bytes_total', 'Bytes of logs that were removed.', () => [
    { value: master.cleaned().logBytes },
  ]);
  metrics.total('vaquita_janitor_freed_bytes_total', 'Bytes of the database given back to the file system.', () => [
    { value: master.cleaned().freedBytes },
  ]);
  metrics.gauge(
    'vaquita_janitor_last_pass_timestamp_seconds',
    'When the last pass ended; absent on a follower.',
    () => {
      const ended = master.status()?.janitor?.lastPass?.endedAt ?? null;
      return ended === null ? [] : [{ value: ended / 1000 }];
    },
  );
  metrics.gauge('vaquita_database_bytes', 'Size of the database: what is in use, and free pages.', async () => {
    const { bytes, freeBytes } = await store.master.retention.space();
    return [
      { labels: { state: 'used' }, value: bytes - freeBytes },
      { labels: { state: 'free' }, value: freeBytes },
    ];
  });
  metrics.gauge('vaquita_task_group_slots', 'Slots of a task group; 0 while it is closed.', () =>
    ofGroups(({ size, open }) => (open ? size : 0)),
  );
  metrics.gauge('vaquita_task_group_slots_used', 'Slots of a task group that tasks hold.', async () => {
    const held = await store.taskGroups.held();
    return ofGroups(({ name }) => held[name] ?? 0);
  });

  metrics.gauge('vaquita_task_group_waiting', 'Tasks that wait for a slot of a task group, by the leader.', () =>
    (master.status()?.room.taskGroups ?? []).map(({ name, waiting }) => ({ labels: { group: name }, value: waiting })),
  );

  metrics.gauge('vaquita_logic_reads', 'Reads of other runs for logic tasks that wait or are under way.', () =>
    ofTerm((term) => term.logic.reads),
  );
  metrics.gauge('vaquita_logic_questions', 'Questions of logic tasks that nothing has answered yet.', () =>
    ofTerm((term) => term.logic.asking),
  );
  metrics.gauge('vaquita_tasks_watching', 'Tasks that wait for the end of runs of other workflows.', () =>
    ofTerm((term) => term.logic.watching),
  );
  metrics.gauge(
    'vaquita_takeover_runs',
    'Open runs of leaders before this one: taken over, and known but left.',
    () => {
      const term = master.status();
      if (!term) return [];
      return [
        { labels: { state: 'taken' }, value: term.takingOver.taken },
        { labels: { state: 'left' }, value: term.takingOver.left },
      ];
    },
  );
  metrics.gauge('vaquita_takeover_done', '1 once this term has taken over every open run, else 0.', () =>
    ofTerm((term) => (term.takingOver.done ? 1 : 0)),
  );
  metrics.gauge('vaquita_system_events', 'Servers and workers that came or went and are not dealt with yet.', () => {
    const term = master.status();
    if (!term) return [];
    const { doing, waiting, retrying } = term.system;
    return [
      { labels: { state: 'doing' }, value: doing === null ? 0 : 1 },
      { labels: { state: 'waiting' }, value: waiting },
      { labels: { state: 'retrying' }, value: retrying.length },
    ];
  });

  async function ofGroups(read: (group: TaskGroupRow) => number) {
    const groups = await store.master.taskGroups();
    return groups.map((group) => ({ labels: { group: group.name }, value: read(group) }));
  }

  function ofTerm(read: (term: NonNullable<ReturnType<Master['status']>>) => number) {
    const term = master.status();
    return term ? [{ value: read(term) }] : [];
  }
}

function counted(label: string, counts: Readonly<Record<string, number>>) {
  return Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
}
