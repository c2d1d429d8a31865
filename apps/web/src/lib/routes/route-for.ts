/** The only place that builds addresses of pages. Names are escaped here; nothing else puts a URL together. */
import { resolve } from '$app/paths';

export type RunView = 'timeline' | 'graph' | 'tasks' | 'log' | 'events' | 'machine' | 'params' | 'source' | 'compare';
export type WorkflowView = 'graph' | 'runs' | 'source';

export type EditorPane = 'graph' | 'tasks' | 'yaml';

export interface RunQuery {
  readonly view?: RunView | undefined;
  readonly task?: string | undefined;
  /** Number of the attempt; the newest when left out. */
  readonly attempt?: number | undefined;
  readonly wide?: boolean | undefined;
  /** As it was after the event of this number, or after the newest one. */
  readonly at?: number | string | undefined;
  /** Id of the run that it is compared with. */
  readonly with?: string | undefined;
  /** Of its events; all when left out. */
  readonly kind?: string | undefined;
}

export interface RunsQuery {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  /** Families and states, separated by commas. */
  readonly state?: string | undefined;
  /** A kind of origin, or the id of a schedule, backfill or trigger. */
  readonly origin?: string | undefined;
  /** How far back, such as 24h; or days, as 2026-03-01, both of them meant. */
  readonly within?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Of the run; needs the workflow. */
  readonly number?: string | undefined;
}

/** Of tasks across runs. */
export interface TasksQuery {
  readonly state?: string | undefined;
  readonly type?: string | undefined;
  /** Name or id. */
  readonly worker?: string | undefined;
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
}

/** Of the list of workflows. */
export interface WorkflowsQuery {
  /** Of all projects. */
  readonly all?: boolean | undefined;
  /** How names begin. */
  readonly name?: string | undefined;
  readonly online?: 'yes' | 'no' | undefined;
  /** The import is open. */
  readonly import?: boolean | undefined;
}

export interface AlertsQuery {
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  readonly severity?: string | undefined;
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly group?: string | undefined;
  readonly run?: string | undefined;
}

export interface BackfillsQuery {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly state?: string | undefined;
}

export interface AuditFilterQuery {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  /** How far back, such as 24h. */
  readonly within?: string | undefined;
}

export interface TriggersQuery {
  readonly project?: string | undefined;
  readonly kind?: string | undefined;
  /** The form for a new one is open, for this workflow where one is named. */
  readonly create?: boolean | undefined;
  readonly workflow?: string | undefined;
}

export interface GridPageQuery {
  /** How many runs; 30 when left out. */
  readonly runs?: number | undefined;
  /** Leads to older runs. */
  readonly cursor?: string | undefined;
  /** Only tasks that have failed. */
  readonly failed?: boolean | undefined;
  /** Only tasks whose names hold this. */
  readonly find?: string | undefined;
  /** What is looked at. */
  readonly run?: string | undefined;
  readonly task?: string | undefined;
}

export interface VersionsQuery {
  /** Numbers of the two versions; without them the newest and the one before it. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly view?: 'changes' | 'yaml' | 'graph' | undefined;
}

export interface DependenciesQuery {
  readonly view?: 'graph' | 'list' | undefined;
  /** How many links away; 2 when left out. */
  readonly depth?: number | undefined;
  /** The chosen workflow, as it is called in the picture. */
  readonly at?: string | undefined;
}

/** What a new backfill is to be for, as far as it is known. */
export interface NewBackfillQuery {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  /** Name of a schedule of the workflow: for what it has missed. */
  readonly schedule?: string | undefined;
  /** Days, such as 2026-03-01; the second is not in it. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A form that is open: for a new one, or for the one of this name. */
export interface FormQuery {
  readonly create?: boolean | undefined;
  readonly edit?: string | undefined;
}

/** What is open besides: one that is shown. */
export interface ShownQuery extends FormQuery {
  readonly show?: string | undefined;
}

export interface SchedulesQuery {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly online?: 'yes' | 'no' | undefined;
  readonly create?: boolean | undefined;
}

export interface ForecastQuery {
  readonly days?: number | undefined;
  /** One project or one worker group; neither: all that runs. */
  readonly project?: string | undefined;
  readonly group?: string | undefined;
  readonly view?: 'table' | undefined;
}

export interface RegistryPageQuery {
  readonly view?: 'clients' | 'data' | 'locks' | 'events' | undefined;
  readonly path?: string | undefined;
}

type Query = Readonly<Record<string, string | number | undefined>>;

function withQuery(path: string, query: Query, hash = ''): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, `${value}`);
  const text = search.toString();
  return `${path}${text === '' ? '' : `?${text}`}${hash}`;
}

const name = encodeURIComponent;

export const routeFor = {
  /** `within`: how far back it counts; a day when left out. */
  overview: (within?: string) => withQuery(resolve('/(app)'), { within: within === '24h' ? undefined : within }),
  login: (returnTo?: string) =>
    withQuery(resolve('/login'), { to: returnTo === resolve('/(app)') ? undefined : returnTo }),
  /** Without a project and `all`: of the one that was looked at last. */
  workflows: (project?: string, { all, import: taking, ...query }: WorkflowsQuery = {}) =>
    withQuery(resolve('/(app)/workflows'), {
      project: all ? undefined : project,
      all: all ? 1 : undefined,
      ...query,
      import: taking ? 1 : undefined,
    }),
  /** `edit`: the name of one. */
  projects: ({ create, edit }: FormQuery = {}) =>
    withQuery(resolve('/(app)/projects'), { create: create ? 1 : undefined, edit }),
  workflow: (project: string, workflow: string, view?: WorkflowView, task?: string) =>
    withQuery(
      resolve('/(app)/p/[project]/workflows/[workflow]', { project: name(project), workflow: name(workflow) }),
      {
        view: view === 'graph' ? undefined : view,
        task,
      },
    ),
  workflowGrid: (project: string, workflow: string, { failed, runs, ...query }: GridPageQuery = {}) =>
    withQuery(
      resolve('/(app)/p/[project]/workflows/[workflow]/grid', { project: name(project), workflow: name(workflow) }),
      { runs: runs === 30 ? undefined : runs, failed: failed ? 1 : undefined, ...query },
    ),
  /** `day`: the one whose runs are shown, as 2026-03-01. */
  workflowCalendar: (
    project: string,
    workflow: string,
    query: { readonly year?: number; readonly day?: string } = {},
  ) =>
    withQuery(
      resolve('/(app)/p/[project]/workflows/[workflow]/calendar', { project: name(project), workflow: name(workflow) }),
      { ...query },
    ),
  workflowStatistics: (
    project: string,
    workflow: string,
    { days, sort }: { readonly days?: number; readonly sort?: string } = {},
  ) =>
    withQuery(
      resolve('/(app)/p/[project]/workflows/[workflow]/stats', { project: name(project), workflow: name(workflow) }),
      { days: days === 30 ? undefined : days, sort: sort === 'slowest' ? undefined : sort },
    ),
  workflowVersions: (project: string, workflow: string, { view, ...query }: VersionsQuery = {}) =>
    withQuery(
      resolve('/(app)/p/[project]/workflows/[workflow]/versions', { project: name(project), workflow: name(workflow) }),
      { ...query, view: view === 'changes' ? undefined : view },
    ),
  workflowDependencies: (project: string, workflow: string, { view, depth, at }: DependenciesQuery = {}) =>
    withQuery(
      resolve('/(app)/p/[project]/workflows/[workflow]/dependencies', {
        project: name(project),
        workflow: name(workflow),
      }),
      { view: view === 'graph' ? undefined : view, depth: depth === 2 ? undefined : depth, at },
    ),
  dependencies: ({
    view,
    ...query
  }: Omit<DependenciesQuery, 'depth'> & { readonly project?: string | undefined } = {}) =>
    withQuery(resolve('/(app)/dependencies'), { ...query, view: view === 'graph' ? undefined : view }),
  /** The workflow with the start sheet open over it; with a task it begins there. */
  start: (project: string, workflow: string, task?: string) =>
    withQuery(
      resolve('/(app)/p/[project]/workflows/[workflow]', { project: name(project), workflow: name(workflow) }),
      {
        start: 1,
        task,
      },
    ),
  newWorkflow: (project: string) => resolve('/(app)/p/[project]/workflows/new', { project: name(project) }),
  editWorkflow: (project: string, workflow: string) =>
    resolve('/(app)/p/[project]/workflows/[workflow]/edit', { project: name(project), workflow: name(workflow) }),
  search: (text = '') => withQuery(resolve('/(app)/search'), { q: text.trim() }),
  /** `workflow`: a new one without it. */
  editor: (
    project: string,
    workflow: string | undefined,
    { pane, task }: { readonly pane: EditorPane; readonly task: string | undefined },
  ) =>
    withQuery(workflow === undefined ? routeFor.newWorkflow(project) : routeFor.editWorkflow(project, workflow), {
      pane,
      task,
    }),
  runs: (query: RunsQuery = {}) => withQuery(resolve('/(app)/runs'), { ...query }),
  /** What became of an action on many runs. `outcome`: of those that are shown. */
  bulk: (batch: string, outcome?: string) =>
    withQuery(resolve('/(app)/bulk/[bulk]', { bulk: name(batch) }), { outcome }),
  tasks: (query: TasksQuery = {}) => withQuery(resolve('/(app)/tasks'), { ...query }),
  run: (project: string, run: string, query: RunQuery = {}, hash = '') =>
    withQuery(
      resolve('/(app)/p/[project]/runs/[run]', { project: name(project), run: name(run) }),
      {
        view: query.view === 'timeline' ? undefined : query.view,
        task: query.task,
        attempt: query.attempt,
        wide: query.wide ? 1 : undefined,
        at: query.at,
        with: query.with,
        kind: query.view === 'events' ? query.kind : undefined,
      },
      hash,
    ),
  backfills: (query: BackfillsQuery = {}) => withQuery(resolve('/(app)/backfills'), { ...query }),
  newBackfill: (query: NewBackfillQuery = {}) => withQuery(resolve('/(app)/backfills/new'), { ...query }),
  /** `state`: of the items that are shown. */
  backfill: (id: string, state?: string) =>
    withQuery(resolve('/(app)/backfills/[backfill]', { backfill: name(id) }), { state }),
  triggers: ({ create, ...query }: TriggersQuery = {}) =>
    withQuery(resolve('/(app)/triggers'), { ...query, create: create ? 1 : undefined }),
  /** `outcome`: of the firings that are shown. */
  trigger: (id: string, outcome?: string) =>
    withQuery(resolve('/(app)/triggers/[trigger]', { trigger: name(id) }), { outcome }),
  /** A run of which only the id is known: leads on to its page. */
  anyRun: (run: string, task?: string) => withQuery(resolve('/(app)/go/r/[run]', { run: name(run) }), { task }),
  taskGroups: (query: { readonly group?: string | undefined; readonly create?: boolean | undefined } = {}) =>
    withQuery(resolve('/(app)/task-groups'), { group: query.group, create: query.create ? 1 : undefined }),
  /** The workers of one group. */
  workersOf: (group?: string) => withQuery(resolve('/(app)/workers'), { group }),
  /** By id or by name. */
  worker: (worker: string) => resolve('/(app)/workers/[worker]', { worker: name(worker) }),
  workers: (join = false) => withQuery(resolve('/(app)/workers'), { join: join ? 1 : undefined }),
  alerts: (query: AlertsQuery = {}) => withQuery(resolve('/(app)/alerts'), { ...query }),
  alert: (id: string) => resolve('/(app)/alerts/[alert]', { alert: name(id) }),
  alertChannels: ({ create, edit }: FormQuery = {}) =>
    withQuery(resolve('/(app)/alerts/channels'), { create: create ? 1 : undefined, edit }),
  /** `group`: the one that is looked for. */
  alertGroups: ({ create, edit, group }: FormQuery & { readonly group?: string | undefined } = {}) =>
    withQuery(resolve('/(app)/alerts/groups'), { create: create ? 1 : undefined, edit, group }),
  listeners: ({ create }: FormQuery = {}) => withQuery(resolve('/(app)/listeners'), { create: create ? 1 : undefined }),
  /** `status`: of the events that are shown. */
  listener: (listener: string, status?: string) =>
    withQuery(resolve('/(app)/listeners/[listener]', { listener: name(listener) }), {
      status: status === 'waiting' ? undefined : status,
    }),
  listenerPlugins: ({ create }: FormQuery = {}) =>
    withQuery(resolve('/(app)/listeners/plugins'), { create: create ? 1 : undefined }),
  /** With `create`, for the workflow that is named. */
  schedules: ({ create, ...query }: SchedulesQuery = {}) =>
    withQuery(resolve('/(app)/schedules'), { ...query, create: create ? 1 : undefined }),
  schedule: (id: string, edit = false) =>
    withQuery(resolve('/(app)/schedules/[schedule]', { schedule: name(id) }), { edit: edit ? 1 : undefined }),
  /** `ics`: the import of a file is open. */
  calendars: ({ create, ics }: { readonly create?: boolean; readonly ics?: boolean } = {}) =>
    withQuery(resolve('/(app)/calendars'), { create: create ? 1 : undefined, ics: ics ? 1 : undefined }),
  /** `month`: as 2026-12. */
  calendar: (calendar: string, month?: string) =>
    withQuery(resolve('/(app)/calendars/[calendar]', { calendar: name(calendar) }), { month }),
  /** `show`, `edit`: by id. */
  environments: ({ create, ...query }: ShownQuery = {}) =>
    withQuery(resolve('/(app)/environments'), { ...query, create: create ? 1 : undefined }),
  dataSources: ({ create, ...query }: ShownQuery = {}) =>
    withQuery(resolve('/(app)/data-sources'), { ...query, create: create ? 1 : undefined }),
  secrets: ({ create, ...query }: ShownQuery = {}) =>
    withQuery(resolve('/(app)/secrets'), { ...query, create: create ? 1 : undefined }),
  forecast: (query: ForecastQuery = {}) => withQuery(resolve('/(app)/forecast'), { ...query }),
  /** `user`: the one that is open. */
  users: ({ create, user }: { readonly create?: boolean; readonly user?: string } = {}) =>
    withQuery(resolve('/(app)/users'), { create: create ? 1 : undefined, user }),
  roles: () => resolve('/(app)/roles'),
  account: () => resolve('/(app)/me'),
  setUp: () => resolve('/setup'),
  /** `entry`: the record that is open. */
  audit: (query: AuditFilterQuery & { readonly entry?: string | undefined } = {}) =>
    withQuery(resolve('/(app)/audit'), { ...query }),
  tokens: () => resolve('/(app)/tokens'),
  /** The pages of the guide, or what is found in them. */
  guide: (q?: string) => withQuery(resolve('/(app)/help'), { q }),
  guidePage: (page: string, anchor = '') =>
    withQuery(resolve('/(app)/help/[page]', { page: name(page) }), {}, anchor === '' ? '' : `#${anchor}`),
  system: () => resolve('/(app)/system'),
  /** `path`: only this key and what is below it. */
  registry: ({ view, path }: RegistryPageQuery = {}) =>
    withQuery(resolve('/(app)/system/registry'), { view: view === 'clients' ? undefined : view, path }),
  retention: () => resolve('/(app)/system/history'),
  /** What is no page, but an answer of the server for machines. */
  machine: (what: 'health' | 'ready' | 'metrics' | 'api/v1/openapi.json') => `${apiBase()}/${what}`,
};

/** Where the API is: the page's own origin, below the same sub-path. */
export function apiBase(): string {
  return `${location.origin}${resolve('/(app)')}`.replace(/\/$/, '');
}

/** A return address is taken only when it is a path of this app: a full URL could lead elsewhere. */
export function safeReturn(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : routeFor.overview();
}
