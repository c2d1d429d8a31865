/** A schedule that is about to be saved as an HTTP call and as a command line, to copy. Pure. */
import type { SchedulePlanRequest, ScheduleView, StartChoicesInput } from '@vaquita/client';
import { commandLine, type Option, serverOption, shellWord } from '../definition/equivalent.ts';

/** The workflow of a new schedule, or the schedule that is changed, as it is kept. */
export type SaveTarget = { readonly project: string; readonly workflow: string } | ScheduleView;

export interface SaveRequest {
  readonly name: string;
  readonly description: string;
  readonly plan: SchedulePlanRequest;
  readonly start: StartChoicesInput;
  /** Of a new one. */
  readonly online?: boolean;
}

export function asCurl(origin: string, target: SaveTarget, request: SaveRequest): string {
  const part = encodeURIComponent;
  const path =
    'id' in target
      ? `schedules/${part(target.id)}`
      : `projects/${part(target.project)}/workflows/${part(target.workflow)}/schedules`;
  const body = 'id' in target ? { ...request, revision: target.revision } : request;
  return [
    `curl -X ${'id' in target ? 'PATCH' : 'POST'} ${shellWord(`${origin}/api/v1/${path}`)}`,
    `  -H "Authorization: Bearer $VAQUITA_TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${shellWord(JSON.stringify(body))}`,
  ].join(' \\\n');
}

/** What is as it would be without it, or as it is kept, is not said. */
export function asCommand(origin: string, target: SaveTarget, request: SaveRequest): string {
  const { name, description, plan, start, online } = request;
  const common = (before?: ScheduleView): readonly Option[] => [
    ...planOptions(plan, before?.plan),
    ...startOptions(start, before?.start),
    ['--description', changed(description, before?.description ?? '')],
  ];
  if ('id' in target) {
    const { projectName, workflowName, name: named } = target;
    return commandLine(
      'schedules edit',
      [`${projectName}/${workflowName}/${named}`],
      [['--name', changed(name, named)], ...common(target), serverOption(origin)],
    );
  }
  return commandLine(
    'schedules create',
    [`${target.project}/${target.workflow}`, name],
    [...common(), ['--online', online || undefined], serverOption(origin)],
  );
}

type Plan = ScheduleView['plan'];
type Start = ScheduleView['start'];

/** As the server fills in what is left out. */
const USUAL_PLAN: Plan = {
  cron: null,
  dst: null,
  every: null,
  anchorAt: null,
  timezone: 'UTC',
  from: null,
  to: null,
  jitter: '0s',
  calendars: { include: [], exclude: [] },
  misfire: { policy: 'last', limit: 10, grace: '1m' },
  overlap: { policy: 'parallel', limit: null },
};
const USUAL_START: Start = {
  params: {},
  startTasks: [],
  scope: 'all',
  failureStrategy: null,
  priority: 'medium',
  workerGroup: null,
  environment: null,
  alertOn: null,
  alertGroup: null,
  dryRun: false,
  timeout: null,
  version: null,
};

function planOptions(plan: SchedulePlanRequest, before: Plan = USUAL_PLAN): readonly Option[] {
  const { calendars, misfire, overlap } = plan;
  const dst = plan.cron === undefined || plan.cron === null ? before.dst : (plan.dst ?? null);
  const anchor = plan.every === undefined || plan.every === null ? before.anchorAt : (plan.anchorAt ?? null);
  return [
    ['--cron', changed(plan.cron ?? null, before.cron, undefined)],
    ['--every', changed(plan.every ?? null, before.every, undefined)],
    ['--dst', changed(dst, before.dst, 'usual')],
    ['--anchor', changed(anchor, before.anchorAt, 'none')],
    ['--timezone', changed(plan.timezone ?? 'UTC', before.timezone)],
    ['--from', changed(plan.from ?? null, before.from, 'none')],
    ['--to', changed(plan.to ?? null, before.to, 'none')],
    ['--jitter', changed(plan.jitter ?? '0s', before.jitter)],
    ...changedList('--include', calendars?.include ?? [], before.calendars.include, 'none'),
    ...changedList('--exclude', calendars?.exclude ?? [], before.calendars.exclude, 'none'),
    ['--misfire', changed(misfire?.policy ?? 'last', before.misfire.policy)],
    ['--misfire-limit', changed(misfire?.limit ?? 10, before.misfire.limit)],
    ['--grace', changed(misfire?.grace ?? '1m', before.misfire.grace)],
    ['--overlap', changed(overlap?.policy ?? 'parallel', before.overlap.policy)],
    ['--overlap-limit', changed(overlap?.limit ?? null, before.overlap.limit, 'none')],
  ];
}

function startOptions(given: StartChoicesInput, before: Start = USUAL_START): readonly Option[] {
  const start = { ...USUAL_START, ...given } as Start;
  const dryRun = start.dryRun === before.dryRun ? undefined : true;
  return [
    ...Object.entries(start.params)
      .filter(([name, value]) => before.params[name] !== value)
      .map(([name, value]): Option => ['--param', `${name}=${value}`]),
    ...Object.keys(before.params)
      .filter((name) => !Object.hasOwn(start.params, name))
      .map((name): Option => ['--unset-param', name]),
    ...changedList('--task', start.startTasks, before.startTasks, ''),
    ['--scope', changed(start.scope, before.scope)],
    ['--priority', changed(start.priority, before.priority)],
    ['--worker-group', changed(start.workerGroup, before.workerGroup, '')],
    ['--environment', changed(start.environment ?? null, before.environment ?? null, '')],
    ['--failure-strategy', changed(start.failureStrategy, before.failureStrategy, '')],
    ['--alert-on', changed(start.alertOn, before.alertOn, '')],
    ['--alert-group', changed(start.alertGroup, before.alertGroup, '')],
    ['--timeout', changed(start.timeout, before.timeout, '')],
    ['--version', changed(start.version, before.version, 'newest')],
    [start.dryRun ? '--dry-run' : '--no-dry-run', dryRun],
  ];
}

/** @param none the word for what is null now and was something */
function changed(now: string | number | null, before: string | number | null, none?: string): string | undefined {
  if (now === before) return undefined;
  return now === null ? none : `${now}`;
}

function changedList(
  option: string,
  now: readonly string[],
  before: readonly string[],
  none: string,
): readonly Option[] {
  if (JSON.stringify(now) === JSON.stringify(before)) return [];
  return (now.length === 0 ? [none] : now).map((one) => [option, one]);
}
