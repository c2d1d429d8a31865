/** Why no connected worker can take a task, now or once it is free: in a sentence, and with what was looked at. */
import { type Evidence, explainMismatch, labelsText } from '@vaquita/core';
import type { Choice } from './worker-group.ts';

export interface WhyNobody {
  readonly text: string;
  readonly evidence: Evidence;
}

export function whyNobody({ demand, group }: Choice): WhyNobody {
  const workers = [...group.members];
  const draining = workers.filter((member) => member.draining);
  const there = workers.filter((member) => !member.draining);
  const ofType = there.filter(({ worker }) => worker.taskTypes.has(demand.type));
  const labels = labelsText(demand.labels);
  const evidence: Evidence = {
    workerGroup: demand.group,
    taskType: demand.type,
    ...(labels === '' ? {} : { labels }),
    workers: workers.length,
    workersDraining: draining.length,
  };
  const where = `worker group "${demand.group}"`;
  if (workers.length === 0) return { text: `No worker of ${where} is connected.`, evidence };
  if (there.length === 0) return { text: `Every connected worker of ${where} is draining.`, evidence };
  if (ofType.length === 0) {
    return { text: `No connected worker of ${where} can run tasks of type "${demand.type}".`, evidence };
  }
  const looked = ofType.map((member) => ({ name: member.worker.name, labels: member.labels }));
  const { text, missing } = explainMismatch(demand.labels, looked, where);
  return { text, evidence: { ...evidence, ...(missing === '' ? {} : { missing }) } };
}
