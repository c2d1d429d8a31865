/** What is chosen in the sheet that starts a run, what of the workflow then runs, and what the server is asked. Pure. */
import type { FailureStrategy, Priority, Scope, StartRequest } from '@vaquita/client';
import type { ParamField, TaskOutline } from '../definition/document.ts';
import { changedParams } from '../definition/params.ts';
import { closure } from '../graph/picture.ts';

export type AlertChoice = NonNullable<StartRequest['alertOn']>;

export interface StartChoices {
  values: Record<string, string>;
  priority: Priority;
  /** Empty: as the workflow says. The same holds for the failure strategy. */
  workerGroup: string;
  /** Empty: none but what tasks name themselves. */
  environment: string;
  failureStrategy: '' | FailureStrategy;
  /** After which ends an alert group is told. Empty, as the group is: as the workflow says. */
  alertOn: '' | AlertChoice;
  alertGroup: string;
  /** Empty: the whole workflow. */
  startTasks: string[];
  scope: Scope;
}

/** What is chosen less often. */
export interface FurtherChoices {
  /** Null: the newest at the time of the start. */
  version: number | null;
  /** Such as `2h`; empty: as the workflow says. */
  timeout: string;
  dryRun: boolean;
}

export function firstFurther(): FurtherChoices {
  return { version: null, timeout: '', dryRun: false };
}

export function defaultValues(params: readonly ParamField[]): Record<string, string> {
  return Object.fromEntries(params.map((param) => [param.name, param.value ?? '']));
}

export function firstChoices(params: readonly ParamField[]): StartChoices {
  return {
    values: defaultValues(params),
    priority: 'medium',
    workerGroup: '',
    environment: '',
    failureStrategy: '',
    alertOn: '',
    alertGroup: '',
    startTasks: [],
    scope: 'downstream',
  };
}

/** What was filled in for one version, in the form of another: what the other has too, and what differs from its default. */
export function carriedOver(
  values: Readonly<Record<string, string>>,
  before: readonly ParamField[],
  after: readonly ParamField[],
): Record<string, string> {
  const filled = changedParams(before, values);
  return Object.fromEntries(after.map(({ name, value }) => [name, filled[name] ?? value ?? '']));
}

/** How many of the tasks will run; `enabled` are those that are not switched off. */
export function countToRun(
  enabled: readonly TaskOutline[],
  { startTasks, scope }: Pick<StartChoices, 'startTasks' | 'scope'>,
): number {
  if (startTasks.length === 0) return enabled.length;
  if (scope === 'only') return startTasks.length;
  return closure(enabled, startTasks, scope === 'upstream' ? 'upstream' : 'downstream').size;
}

/** Only what differs from what the server would do anyway. */
export function requestOf(params: readonly ParamField[], choices: StartChoices, further = firstFurther()) {
  const { version, dryRun } = further;
  const timeout = further.timeout.trim();
  const { values, priority, workerGroup, environment, failureStrategy, startTasks, scope, alertOn, alertGroup } =
    choices;
  const changed = changedParams(params, values);
  return {
    ...(Object.keys(changed).length > 0 ? { params: changed } : {}),
    ...(startTasks.length > 0 ? { startTasks, scope } : {}),
    ...(failureStrategy === '' ? {} : { failureStrategy }),
    ...(priority === 'medium' ? {} : { priority }),
    ...(workerGroup === '' ? {} : { workerGroup }),
    ...(environment === '' ? {} : { environment }),
    ...(alertOn === '' ? {} : { alertOn }),
    ...(alertGroup === '' ? {} : { alertGroup }),
    ...(version === null ? {} : { version }),
    ...(timeout === '' ? {} : { timeout }),
    ...(dryRun ? { dryRun } : {}),
  };
}
