/**
 * What the UI reads of a workflow definition document. The server has checked it; text that is still being written has
 * not been, so everything is read with care and what does not fit is left out. Pure.
 */
import type { PictureNode } from '../graph/picture.ts';

export interface ParamField {
  readonly name: string;
  readonly type: string;
  /** The default as text, or undefined when the start must give a value. */
  readonly value: string | undefined;
  readonly description: string;
}

export interface TaskOutline extends PictureNode {
  readonly description: string;
  readonly enabled: boolean;
  readonly retryTimes: number;
  readonly workerGroup: string | undefined;
  /** Everything else the task says, for reading. */
  readonly settings: readonly (readonly [string, string])[];
}

/** As written; what is not is as the server takes it. */
export interface AlertsOutline {
  readonly on: string;
  readonly group: string;
  readonly queueWait: string | undefined;
  readonly deadline: string | undefined;
}

export interface Outline {
  readonly name: string;
  readonly description: string;
  readonly execution: string;
  /** As written; how many runs go on at once. */
  readonly maxParallelRuns: string | undefined;
  readonly failureStrategy: string | undefined;
  readonly timezone: string;
  readonly timeout: string | undefined;
  /** Undefined: it says nothing of alerts. */
  readonly alerts: AlertsOutline | undefined;
  readonly params: readonly ParamField[];
  readonly tasks: readonly TaskOutline[];
}

type Loose = Readonly<Record<string, unknown>>;

const isLoose = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export function outlineOf(document: unknown): Outline {
  const root = isLoose(document) ? document : {};
  return {
    name: text(root.name) ?? '',
    description: text(root.description) ?? '',
    execution: text(root.execution) ?? 'parallel',
    maxParallelRuns: text(root.maxParallelRuns),
    failureStrategy: text(root.failureStrategy),
    timezone: text(root.timezone) ?? 'UTC',
    timeout: isLoose(root.timeout) ? text(root.timeout.after) : text(root.timeout),
    alerts: isLoose(root.alerts) ? readAlerts(root.alerts) : undefined,
    params: list(root.params).filter(isLoose).map(readParam),
    tasks: list(root.tasks).filter(isLoose).map(readTask),
  };
}

function readAlerts({ on, group, queueWait, deadline }: Loose): AlertsOutline {
  return {
    on: text(on) ?? 'none',
    group: text(group) ?? 'default',
    queueWait: text(queueWait),
    deadline: text(deadline),
  };
}

function readParam(param: Loose): ParamField {
  return {
    name: text(param.name) ?? '',
    type: text(param.type) ?? 'string',
    value:
      param.value === undefined || param.value === null
        ? undefined
        : (text(param.value) ?? JSON.stringify(param.value)),
    description: text(param.description) ?? '',
  };
}

const SHOWN_APART = new Set(['name', 'type', 'description', 'dependsOn', 'enabled']);

function readTask(task: Loose): TaskOutline {
  const enabled = task.enabled !== false;
  return {
    id: text(task.name) ?? '',
    type: text(task.type) ?? '',
    dependsOn: list(task.dependsOn).flatMap((name) => text(name) ?? []),
    description: text(task.description) ?? '',
    enabled,
    muted: !enabled,
    retryTimes: isLoose(task.retry) ? Number(task.retry.times ?? 0) || 0 : 0,
    workerGroup: text(task.workerGroup),
    settings: Object.entries(task)
      .filter(([key]) => !SHOWN_APART.has(key))
      .map(([key, value]) => [key, text(value) ?? JSON.stringify(value, null, 2)]),
  };
}
