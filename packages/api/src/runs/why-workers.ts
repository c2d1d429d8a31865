/** What the workers' rows say about a task that waits for one, or whose worker is away. */
import {
  explainMismatch,
  formatDuration,
  labelsText,
  matchesLabels,
  type Reason,
  type TaskInstanceRow,
} from '@vaquita/core';
import type { WorkerRow } from '@vaquita/store';
import { overloadOf } from '../workers/overload.ts';
import type { WhyFacts } from './why-facts.ts';
import { count } from './why-words.ts';

/** A worker this long silent is spoken of as away; heartbeats come every few seconds and are written a little later. */
const SILENT_MS = 30_000;
/** The others are counted. */
const OVERLOADS_NAMED = 5;

/** How its worker group stands, for a task that waits in the group's queue. */
export function whyNoWorker({ run, workers, now }: WhyFacts, row: TaskInstanceRow): Reason {
  const wanted = run?.nodeOf.get(row.id)?.task.workerLabels ?? {};
  const group = workers.filter(({ groups }) => groups.includes(row.workerGroup));
  const online = group.filter(({ state }) => state === 'online');
  const ofType = online.filter(({ taskTypes }) => taskTypes.includes(row.type));
  const able = ofType.filter(({ labels }) => matchesLabels(wanted, labels));
  const labels = labelsText(wanted);
  const slots = sum(able, (worker) => worker.slots);
  const used = sum(able, usedBy);
  const overloaded = able.filter(({ stats }) => overloadOf(stats) !== undefined);
  const evidence = {
    workerGroup: row.workerGroup,
    workers: group.length,
    workersOnline: online.length,
    workersDraining: group.filter(({ state }) => state === 'draining').length,
    workersOffline: group.filter(({ state }) => state === 'offline').length,
    ...(labels === '' ? {} : { labels }),
    slots,
    slotsUsed: used,
    ...(overloaded.length === 0 ? {} : { workersOverloaded: overloaded.length }),
  };
  const name = `worker group "${row.workerGroup}"`;
  const has = labels === '' ? '' : `, has ${labels}`;
  const joins = `a worker of ${name} that joins${has} and runs tasks of type "${row.type}" takes it`;
  const withLabels = labels === '' ? '' : ` with ${labels}`;
  const since = row.updatedAt;
  if (group.length === 0) {
    return { code: 'group_without_workers', text: `No worker has ever joined ${name}.`, since, next: joins, evidence };
  }
  if (online.length === 0) {
    const changed = Math.max(...group.map(({ updatedAt }) => updatedAt));
    const text = `None of the ${count(group.length, 'worker')} of ${name} is online.`;
    return { code: 'no_worker_online', text, since: Math.min(changed, now), next: joins, evidence };
  }
  if (ofType.length === 0) {
    const text = `No online worker of ${name} runs tasks of type "${row.type}".`;
    return { code: 'no_worker_of_type', text, since, next: joins, evidence };
  }
  if (able.length === 0) {
    const { text, missing } = explainMismatch(wanted, ofType, name);
    const found = missing === '' ? evidence : { ...evidence, missing };
    return { code: 'no_worker_with_labels', text, since, next: joins, evidence: found };
  }
  if (used >= slots) {
    const text = `All ${count(slots, 'slot')} of the ${count(able.length, 'worker')} of ${name}${withLabels} are in use.`;
    const next = 'a slot that becomes free goes to the waiting task of the highest priority, the oldest first';
    return { code: 'slots_in_use', text, since, next, evidence };
  }
  if (sum(overloaded, freeOf) === slots - used) {
    const text = `Workers of ${name}${withLabels} have free slots, but take nothing new, because they are overloaded. ${overloadsText(overloaded)}`;
    const next = 'a worker of them whose heartbeat says that it has room again takes it, or one that has a slot free';
    return { code: 'workers_overloaded', text, since, next, evidence };
  }
  const text = `By their last heartbeats, ${slots - used} of the ${count(slots, 'slot')} of ${name}${withLabels} are free.`;
  return { code: 'slots_free', text, since, next: 'the leader places it', evidence };
}

function overloadsText(workers: readonly WorkerRow[]): string {
  const named = workers.slice(0, OVERLOADS_NAMED).map(({ name, stats }) => `"${name}": ${overloadOf(stats)}`);
  const others = workers.length - named.length;
  return `${named.join('; ')}${others > 0 ? `; and ${others} more` : ''}.`;
}

function usedBy({ stats, slots }: WorkerRow): number {
  return Math.min(stats.slotsUsed ?? 0, slots);
}

function freeOf(worker: WorkerRow): number {
  return worker.slots - usedBy(worker);
}

/** Why nothing is heard of a task that a worker holds; undefined while its worker is there. */
export function whyWorkerAway({ workers, now }: WhyFacts, row: TaskInstanceRow): Reason | undefined {
  if (row.workerId === null) return undefined;
  const name = row.workerName ?? row.workerId;
  const worker = workers.find(({ id }) => id === row.workerId);
  const evidence = { worker: name, workerId: row.workerId };
  if (!worker) {
    return {
      code: 'worker_unknown',
      text: `Worker "${name}", which has the task, is not known any more.`,
      since: row.updatedAt,
      next: 'the task is declared lost and sent to another worker',
      evidence,
    };
  }
  const heardAt = worker.lastHeartbeatAt ?? worker.connectedAt ?? worker.updatedAt;
  if (worker.state !== 'offline' && now - heardAt < SILENT_MS) return undefined;
  const patience = formatDuration(worker.sessionTimeoutMs);
  const isOffline = worker.state === 'offline';
  return {
    code: 'worker_away',
    text: isOffline
      ? `Worker "${name}", which has the task, is offline.`
      : `Worker "${name}", which has the task, has not been heard of for ${formatDuration(roundToSecond(now - heardAt))}.`,
    since: isOffline ? worker.updatedAt : heardAt,
    next: `if it is not back within its session timeout (${patience}), the task is declared lost and a new attempt is made`,
    nextAt: heardAt + worker.sessionTimeoutMs,
    evidence: { ...evidence, lastHeartbeatAt: new Date(heardAt).toISOString(), sessionTimeout: patience },
  };
}

function roundToSecond(ms: number): number {
  return Math.round(ms / 1000) * 1000;
}

function sum(workers: readonly WorkerRow[], figure: (worker: WorkerRow) => number): number {
  return workers.reduce((total, worker) => total + figure(worker), 0);
}
