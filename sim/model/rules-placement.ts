/** Rules of where tasks go, held at every commit: to a worker of their group, with their labels, that is not being drained. */
import type { Scenario, TaskSpec, WorkerSpec } from '../scenario/scenario.ts';
import { type Change, Violation } from './facts.ts';
import type { Mirror } from './mirror.ts';

/** What is decided about a worker may be carried out so much later: whoever leads may be away, and learns of it then. */
const HEARD_MS = 120_000;

/** @param drainedSince by name of the worker, in ms of the world; nobody has let it go on since */
export function checkPlacement(
  mirror: Mirror,
  drainedSince: ReadonlyMap<string, number>,
  { unit, tasks }: Change,
): void {
  for (const { before, row } of tasks) {
    if (row.dispatchId === null || row.dispatchId === before?.dispatchId) continue;
    const worker = mirror.scenario.workers.find(({ name }) => name === row.workerName);
    const task = mirror.taskSpec(row.name);
    if (!worker || !task) continue;
    const told = `${row.name} ${row.id} is sent to worker ${worker.name}`;
    if (!isMember(worker, task, mirror.scenario))
      throw new Violation('placement', `${told}, which is not of its group`);
    const lacking = Object.entries(task.workerLabels).find(([name, value]) => worker.labels[name] !== value);
    if (lacking) throw new Violation('placement', `${told}, which lacks ${lacking.join('=')}`);
    const since = drainedSince.get(worker.name);
    if (since !== undefined && unit.at > since + HEARD_MS)
      throw new Violation('placement', `${told}, which is drained`);
  }
}

function isMember(worker: WorkerSpec, task: TaskSpec, { workerGroups }: Scenario): boolean {
  const put = workerGroups.some(({ name, workers }) => name === task.workerGroup && workers.includes(worker.name));
  return put || worker.group === task.workerGroup;
}
