/** What a task asks of the worker that runs it. Tasks that ask the same stand in one lane and choose among the same workers. */
import { labelsText, type WorkerLabels } from '@vaquita/core';

export interface Demand {
  readonly group: string;
  readonly type: string;
  readonly labels: WorkerLabels;
}

const texts = new WeakMap<WorkerLabels, string>();

/** Equal for demands that ask the same. Names of groups and types hold no line breaks. */
export function demandKey({ group, type, labels }: Demand): string {
  let text = texts.get(labels);
  if (text === undefined) {
    text = labelsText(labels);
    texts.set(labels, text);
  }
  return `${group}\n${type}\n${text}`;
}
