/**
 * What may stand in a task whatever its type, and in a workflow beside its tasks, as JSON Schema for forms. The server
 * decides; a test holds the keys to those that it knows.
 */
const text = (title: string, description = '') => ({ type: 'string', title, description });
const duration = (title: string, description = '') => ({ ...text(title, description), examples: ['10m'] });
const choice = (title: string, values: readonly string[], fallback: string, description = '') => ({
  type: 'string',
  enum: values,
  default: fallback,
  ...{ title, description },
});
const group = (title: string, properties: object, required: readonly string[] = []) => ({
  type: 'object',
  ...{ title, properties, required },
});

const PARAM_TYPES = [
  'string',
  'integer',
  'float',
  'boolean',
  'date',
  'time',
  'timestamp',
  'list',
  'json',
  'file',
] as const;
const name = text('Name');
const type = choice('Type', PARAM_TYPES, 'string');
const params = {
  type: 'array',
  title: 'Parameters',
  items: group('', { name, type, value: text('Value'), description: text('Description') }, ['name']),
};
const description = { ...text('Description'), maxLength: 10_000 };
const after = duration('After', 'Such as 30s, 10m or 2h.');
const strategy = choice('Then', ['warn', 'fail', 'warn_and_fail'], 'fail');
const workerLabels = {
  type: 'object',
  title: 'Worker labels',
  description: 'A worker must have each of them.',
  additionalProperties: { type: 'string' },
};

/** `name`, `type` and `dependsOn` have places of their own. */
export const TASK_SCHEMA = group('', {
  description,
  enabled: {
    type: 'boolean',
    title: 'Enabled',
    default: true,
    description: 'Off: passed over as if it had succeeded.',
  },
  retry: group(
    'Retry',
    {
      times: { type: 'integer', title: 'Times', minimum: 0, maximum: 1000 },
      interval: duration('Interval', '30s when left out.'),
      backoff: choice('Growth', ['fixed', 'exponential'], 'fixed'),
      maxInterval: duration('Longest interval'),
    },
    ['times'],
  ),
  timeout: group('Timeout', { after, strategy, from: choice('Counted from', ['start', 'first_submit'], 'start') }, [
    'after',
  ]),
  delay: duration('Delay', 'How long to wait before it starts.'),
  priority: choice('Priority', ['highest', 'high', 'medium', 'low', 'lowest'], 'medium'),
  workerGroup: text('Worker group'),
  workerLabels,
  environment: text('Environment'),
  taskGroup: { title: 'Task group', description: 'Its name, or {"name": "…", "priority": 1}.' },
  params,
  outputs: { type: 'array', title: 'Outputs', items: group('', { name, type }, ['name']) },
});

/** `tasks` have a place of their own. */
export const WORKFLOW_SCHEMA = group(
  '',
  {
    name,
    description,
    params,
    timezone: { ...text('Time zone', 'Such as Europe/Berlin; UTC when left out.') },
    execution: choice(
      'Runs at the same time',
      ['parallel', 'serial_wait', 'serial_discard', 'serial_priority'],
      'parallel',
    ),
    maxParallelRuns: { type: 'integer', title: 'Most runs at once', minimum: 1, maximum: 10_000 },
    strictParams: {
      type: 'boolean',
      title: 'Strict parameters',
      default: false,
      description: 'A parameter that cannot be resolved fails its task.',
    },
    failureStrategy: choice('When a task fails', ['continue', 'end'], 'continue'),
    timeout: group('Timeout', { after, strategy }, ['after']),
    workerLabels,
    alerts: group('Alerts', {
      on: choice('On', ['none', 'success', 'failure', 'all'], 'none'),
      group: text('Alert group'),
      queueWait: duration('Longest wait'),
      deadline: duration('Deadline'),
    }),
  },
  ['name'],
);
