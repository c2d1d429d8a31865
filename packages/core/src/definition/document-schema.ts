/**
 * The shape of a workflow document, key by key. Nothing here has a default: a document is kept as it was written,
 * `compileWorkflow` fills in. What follows from several places at once (graph, types) is checked elsewhere.
 */
import * as z from 'zod';
import { ALERT_CHOICES } from '../alerts/alert.ts';
import { PARAM_NAME } from '../params/placeholder.ts';
import { isTimezone } from '../params/wall-time.ts';
import { parseDuration } from '../time/duration.ts';
import { checkLabelName, checkLabelValue, MAX_WANTED_LABELS } from '../workers/labels.ts';
import { checkedText } from './checked-text.ts';
import { EXECUTION_TYPES, FAILURE_STRATEGIES, PARAM_TYPES, PRIORITIES, TIMEOUT_STRATEGIES } from './definition.ts';
import { duration, positiveDuration } from './duration-schema.ts';
import { checkName } from './names.ts';

const name = checkedText(checkName);

const paramName = z.string().regex(PARAM_NAME, 'Must be made of letters, digits, "_", "." and "-".').max(200);

const description = z.string().max(10_000);
const paramType = z.enum(PARAM_TYPES);
const timeoutShape = { after: positiveDuration, strategy: z.enum(TIMEOUT_STRATEGIES).optional() };
const timeout = z.strictObject(timeoutShape);
const taskTimeout = z.strictObject({ ...timeoutShape, from: z.enum(['start', 'first_submit']).optional() });

const MAX_GROUP_PRIORITY = 1_000_000;
const taskGroup = z.union(
  [name, z.strictObject({ name, priority: z.int().min(-MAX_GROUP_PRIORITY).max(MAX_GROUP_PRIORITY).optional() })],
  { error: 'Must be the name of a task group, or a map with name and priority.' },
);

const labelName = checkedText(checkLabelName);
const workerLabels = z
  .record(labelName, checkedText(checkLabelValue))
  .refine(
    (labels) => Object.keys(labels).length <= MAX_WANTED_LABELS,
    `Must have at most ${MAX_WANTED_LABELS} labels.`,
  );

const param = z.strictObject({
  name: paramName,
  type: paramType.optional(),
  value: z.string().max(100_000).optional(),
  description: description.optional(),
});

const retry = z
  .strictObject({
    times: z.int().min(0).max(1_000),
    interval: duration.optional(),
    backoff: z.enum(['fixed', 'exponential']).optional(),
    maxInterval: positiveDuration.optional(),
  })
  .refine(
    ({ interval, maxInterval }) =>
      maxInterval === undefined || (parseDuration(interval ?? '0s') ?? 0) <= parseDuration(maxInterval)!,
    {
      path: ['maxInterval'],
      error: 'Must not be shorter than interval.',
    },
  );

const alerts = z.strictObject({
  on: z.enum(ALERT_CHOICES).optional(),
  group: name.optional(),
  queueWait: positiveDuration.optional(),
  deadline: positiveDuration.optional(),
});

const workflowShape = {
  name,
  description: description.optional(),
  timezone: z
    .string()
    .refine(isTimezone, 'Not a known time zone: give an IANA name such as Europe/Berlin or UTC.')
    .optional(),
  params: z.array(param).optional(),
  execution: z.enum(EXECUTION_TYPES).optional(),
  maxParallelRuns: z.int().min(1).max(10_000).optional(),
  strictParams: z.boolean().optional(),
  failureStrategy: z.enum(FAILURE_STRATEGIES).optional(),
  timeout: timeout.optional(),
  workerLabels: workerLabels.optional(),
  alerts: alerts.optional(),
};

/** Keys every task may have, whatever its type. */
export const taskShape = {
  name,
  type: z.string(),
  description: description.optional(),
  dependsOn: z.array(z.string()).optional(),
  enabled: z.boolean().optional(),
  params: z.array(param).optional(),
  outputs: z.array(z.strictObject({ name: paramName, type: paramType.optional() })).optional(),
  retry: retry.optional(),
  timeout: taskTimeout.optional(),
  delay: duration.optional(),
  workerGroup: name.optional(),
  workerLabels: workerLabels.optional(),
  environment: name.optional(),
  priority: z.enum(PRIORITIES).optional(),
  taskGroup: taskGroup.optional(),
};

export const workflowSchema = z.strictObject(workflowShape);
export const taskSchema = z.strictObject(taskShape);

/** The common keys of a task of an unknown type: its settings cannot be judged. */
export const looseTaskSchema = z.object(taskShape);

export type WorkflowInput = z.output<typeof workflowSchema>;
export type TaskInput = z.output<typeof taskSchema>;
export type ParamInput = z.output<typeof param>;
