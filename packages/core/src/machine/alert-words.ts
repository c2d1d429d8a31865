/** What the alerts of a run say. Subjects and labels are its workflow's; the run, its tasks and errors stand in the text. */
import type { AlertId, NewAlert } from '../alerts/alert.ts';
import { composeMessage, MAX_FACTS } from '../alerts/compose.ts';
import type { AlertFact, AlertKind, AlertMessage } from '../alerts/message.ts';
import { formatDuration } from '../time/duration.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { Run, RunNode } from './run.ts';

export interface RunWords {
  readonly id: AlertId;
  readonly group: string;
  readonly kind: AlertKind;
  readonly state?: AlertMessage['state'];
  readonly title: string;
  readonly text: string;
  readonly facts?: readonly AlertFact[];
  readonly at: number;
}

export function runAlert(
  run: Run,
  { id, group, kind, state = 'open', title, text, facts = [], at }: RunWords,
): NewAlert {
  const { instance, projectName } = run;
  const { projectId, workflowId, workflowName } = instance;
  const message = composeMessage({
    ...{ kind, state, title, text, at },
    about: workflowId,
    facts: [...factsOfRun(run), ...facts],
    links: [{ title: 'Open the run', url: `/go/r/${instance.id}` }],
    labels: { project: projectName, workflow: workflowName },
  });
  return { id, group, projectId, workflowId, workflowInstanceId: instance.id, message, createdAt: at };
}

/** `Run #12 of "orders"`. */
export function nameOfRun({ instance: { number, workflowName } }: Run): string {
  return number === null ? `A run of "${workflowName}"` : `Run #${number} of "${workflowName}"`;
}

function factsOfRun({ instance, projectName }: Run): AlertFact[] {
  const { number, id, workflowName, version, runCounter, createdBy, createdAt, startedAt, endedAt } = instance;
  const facts = [
    { name: 'Project', value: projectName },
    { name: 'Workflow', value: `${workflowName}, version ${version}` },
    { name: 'Run', value: number === null ? id : `#${number}` },
    ...(runCounter > 1 ? [{ name: 'Times run', value: String(runCounter) }] : []),
    { name: 'Started by', value: createdBy },
    { name: 'Asked for', value: moment(createdAt) },
  ];
  if (startedAt !== null) facts.push({ name: 'Started', value: moment(startedAt) });
  if (endedAt !== null) facts.push({ name: 'Ended', value: moment(endedAt) });
  if (startedAt !== null && endedAt !== null)
    facts.push({ name: 'Took', value: formatDuration(Math.max(0, endedAt - startedAt)) });
  return facts;
}

function moment(at: number): string {
  return new Date(at).toISOString();
}

/** One fact for each of the tasks, as many as an alert has room for, and how many more there are. */
export function factsOfTasks(nodes: readonly RunNode[]): AlertFact[] {
  const named = nodes.slice(0, MAX_FACTS / 2);
  const facts = named.map(({ task, current }) => ({
    name: `Task "${task.name}"`,
    value: current === null ? 'did not run' : howTaskEnded(current),
  }));
  const more = nodes.length - named.length;
  return more === 0 ? facts : [...facts, { name: 'More tasks', value: String(more) }];
}

/** `failure on worker a, attempt 3: Exit code 1.` */
export function howTaskEnded({ state, workerName, attempt, reason }: TaskInstanceRow): string {
  const where = workerName === null ? '' : ` on worker ${workerName}`;
  return `${state}${where}, attempt ${attempt}${reason === null ? '' : `: ${reason.text}`}`;
}
