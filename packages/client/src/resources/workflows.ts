/** Workflows of a project: definitions, versions, online and offline, start. */
import type {
  CalendarQuery,
  DayRunPage,
  DayRunsQuery,
  DependencyQuery,
  DependencyView,
  ExportQuery,
  GridQuery,
  GridView,
  ImportAnswer,
  ListedWorkflow,
  PageQuery,
  StartAnswer,
  StartRequest,
  StatisticsQuery,
  VersionDetail,
  VersionDiff,
  VersionPage,
  VersionView,
  WorkflowCalendarView,
  WorkflowDetail,
  WorkflowFilterQuery,
  WorkflowList,
  WorkflowListQuery,
  WorkflowPage,
  WorkflowSaved,
  WorkflowStatisticsView,
  WorkflowValidated,
  WorkflowView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type Call, type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

/** A definition: an object is sent as JSON, a text as YAML (of which JSON is a part). */
export type DefinitionInput = Readonly<Record<string, unknown>> | string;

/** What a new version was made from. When that is not the newest any more, nothing is saved: `changed_meanwhile`. */
export interface BaseVersion {
  readonly baseVersion?: number | undefined;
}

/** A bundle may hold at most 500 workflows. */
export interface ImportOptions extends PostOptions {
  /** Says what would be done, with what differs, and does nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface WorkflowsClient {
  list(project: string, query?: PageQuery & WorkflowFilterQuery, options?: CallOptions): Promise<WorkflowPage>;
  /** Of one project or of all, with newest runs and the schedule that starts each next. */
  overview(query?: WorkflowListQuery, options?: CallOptions): Promise<WorkflowList>;
  /** Page by page. */
  allOverviews(query?: Omit<WorkflowListQuery, 'cursor'>): AsyncGenerator<ListedWorkflow, void, undefined>;
  /** Definitions as one text, which can be imported; all of the project unless some are named. */
  exportBundle(project: string, query?: ExportQuery, options?: CallOptions): Promise<string>;
  /** Creates and updates what a text of one definition or many says, in YAML or JSON, each for itself. */
  importBundle(project: string, text: string, options?: ImportOptions): Promise<ImportAnswer>;
  /** Every workflow of the project, page by page. */
  all(project: string): AsyncGenerator<WorkflowView, void, undefined>;
  get(project: string, workflow: string, options?: CallOptions): Promise<WorkflowDetail>;
  create(project: string, definition: DefinitionInput, options?: PostOptions): Promise<WorkflowSaved>;
  /** Saves a new version; unchanged content makes none. Without a base version, whatever is newest is replaced. */
  save(
    project: string,
    workflow: string,
    definition: DefinitionInput,
    options?: CallOptions & BaseVersion,
  ): Promise<WorkflowSaved>;
  /**
   * What a save would say and do, with nothing saved: of a new workflow, unless one is named. With `compare` also what
   * differs from that version of it.
   */
  validate(
    project: string,
    definition: DefinitionInput,
    query?: { readonly workflow?: string | undefined; readonly compare?: number | undefined },
    options?: CallOptions,
  ): Promise<WorkflowValidated>;
  delete(project: string, workflow: string, options?: CallOptions): Promise<void>;
  versions(project: string, workflow: string, query?: PageQuery, options?: CallOptions): Promise<VersionPage>;
  allVersions(project: string, workflow: string): AsyncGenerator<VersionView, void, undefined>;
  version(project: string, workflow: string, version: number, options?: CallOptions): Promise<VersionDetail>;
  /** What differs from one version to another, by default to the newest. */
  diff(
    project: string,
    workflow: string,
    query: { readonly from: number; readonly to?: number | undefined },
    options?: CallOptions,
  ): Promise<VersionDiff>;
  /** Saves what a version says as the newest version; makes none when that says the same. */
  restore(
    project: string,
    workflow: string,
    version: number,
    options?: PostOptions & BaseVersion,
  ): Promise<WorkflowSaved>;
  /** Recent runs by tasks, newest first; with `run` these runs only. */
  grid(project: string, workflow: string, query?: GridQuery, options?: CallOptions): Promise<GridView>;
  /** Days by the outcome of their runs. */
  calendar(
    project: string,
    workflow: string,
    query: CalendarQuery,
    options?: CallOptions,
  ): Promise<WorkflowCalendarView>;
  /** The runs of a day such as 2026-03-01, latest business time first. */
  dayRuns(
    project: string,
    workflow: string,
    day: string,
    query?: DayRunsQuery,
    options?: CallOptions,
  ): Promise<DayRunPage>;
  /** How long runs and tasks took, and how often they failed. */
  statistics(
    project: string,
    workflow: string,
    query?: StatisticsQuery,
    options?: CallOptions,
  ): Promise<WorkflowStatisticsView>;
  /** Which workflows start or wait for it, and it for which, as many links away as `depth` says. */
  dependencies(
    project: string,
    workflow: string,
    query?: DependencyQuery,
    options?: CallOptions,
  ): Promise<DependencyView>;
  online(project: string, workflow: string, options?: PostOptions): Promise<WorkflowView>;
  offline(project: string, workflow: string, options?: PostOptions): Promise<WorkflowView>;
  /** The definition as YAML text; the newest version unless another is named. */
  exportYaml(
    project: string,
    workflow: string,
    query?: { readonly version?: number },
    options?: CallOptions,
  ): Promise<string>;
  /** Files a run; answers as soon as it is recorded. */
  start(project: string, workflow: string, body?: StartRequest, options?: PostOptions): Promise<StartAnswer>;
}

export function createWorkflowsClient(transport: Transport): WorkflowsClient {
  const at = (project: string, ...rest: (string | number)[]) => pathOf('projects', project, 'workflows', ...rest);
  const list: WorkflowsClient['list'] = (project, query, options) =>
    transport.call('GET', at(project), { query, ...options });
  const overview: WorkflowsClient['overview'] = (query, options) =>
    transport.call('GET', pathOf('workflows'), { query, ...options });
  const versions: WorkflowsClient['versions'] = (project, workflow, query, options) =>
    transport.call('GET', at(project, workflow, 'versions'), { query, ...options });
  return {
    list,
    overview,
    allOverviews: (query) => eachItem((cursor) => overview({ limit: 100, ...query, cursor })),
    exportBundle: async (project, query, options) => {
      const headers = { accept: 'application/yaml, application/json' };
      const named = { project, ...query };
      return (await transport.send('GET', pathOf('export'), { query: named, headers, ...options })).text();
    },
    importBundle: (project, body, { dryRun, ...options } = {}) => {
      const text = { type: 'application/yaml', body };
      return transport.call('POST', pathOf('import'), { query: { project, dryRun }, text, ...options });
    },
    all: (project) => eachItem((cursor) => list(project, { limit: 200, cursor })),
    get: (project, workflow, options) => transport.call('GET', at(project, workflow), options),
    create: (project, definition, options) =>
      transport.call('POST', at(project), { ...bodyOf(definition), ...options }),
    save: (project, workflow, definition, options) =>
      transport.call('PUT', at(project, workflow), { ...bodyOf(definition), ...withBase(options) }),
    validate: (project, definition, query, options) =>
      transport.call('POST', at(project, 'validate'), { ...bodyOf(definition), query, ...options }),
    delete: (project, workflow, options) => transport.call('DELETE', at(project, workflow), options),
    versions,
    allVersions: (project, workflow) => eachItem((cursor) => versions(project, workflow, { limit: 200, cursor })),
    version: (project, workflow, version, options) =>
      transport.call('GET', at(project, workflow, 'versions', version), options),
    diff: (project, workflow, query, options) =>
      transport.call('GET', at(project, workflow, 'diff'), { query, ...options }),
    restore: (project, workflow, version, options) =>
      transport.call('POST', at(project, workflow, 'versions', version, 'restore'), withBase(options)),
    grid: (project, workflow, query, options) =>
      transport.call('GET', at(project, workflow, 'grid'), { query, ...options }),
    calendar: (project, workflow, query, options) =>
      transport.call('GET', at(project, workflow, 'calendar'), { query, ...options }),
    dayRuns: (project, workflow, day, query, options) =>
      transport.call('GET', at(project, workflow, 'calendar', day), { query, ...options }),
    statistics: (project, workflow, query, options) =>
      transport.call('GET', at(project, workflow, 'statistics'), { query, ...options }),
    dependencies: (project, workflow, query, options) =>
      transport.call('GET', at(project, workflow, 'dependencies'), { query, ...options }),
    online: (project, workflow, options) => transport.call('POST', at(project, workflow, 'online'), options),
    offline: (project, workflow, options) => transport.call('POST', at(project, workflow, 'offline'), options),
    exportYaml: async (project, workflow, query, options) => {
      const headers = { accept: 'application/yaml' };
      const response = await transport.send('GET', at(project, workflow, 'export'), { query, headers, ...options });
      return response.text();
    },
    start: (project, workflow, json = {}, options) =>
      transport.call('POST', at(project, workflow, 'instances'), { json, ...options }),
  };
}

function withBase({ baseVersion, ...options }: PostOptions & BaseVersion = {}): Call {
  return baseVersion === undefined ? options : { ...options, headers: { 'if-match': `"${baseVersion}"` } };
}

function bodyOf(definition: DefinitionInput): Pick<Call, 'json' | 'text'> {
  return typeof definition === 'string'
    ? { text: { type: 'application/yaml', body: definition } }
    : { json: definition };
}
