/** Projects. A project is addressed by id or by name. */
import type {
  DependencyView,
  PageQuery,
  ProjectChange,
  ProjectCreate,
  ProjectPage,
  ProjectView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface ProjectsClient {
  list(query?: PageQuery, options?: CallOptions): Promise<ProjectPage>;
  /** Every project, page by page. */
  all(): AsyncGenerator<ProjectView, void, undefined>;
  get(project: string, options?: CallOptions): Promise<ProjectView>;
  create(body: ProjectCreate, options?: PostOptions): Promise<ProjectView>;
  update(project: string, change: ProjectChange, options?: CallOptions): Promise<ProjectView>;
  delete(project: string, options?: CallOptions): Promise<void>;
  /** Which of its workflows start or wait for which others. */
  dependencies(project: string, options?: CallOptions): Promise<DependencyView>;
}

export function createProjectsClient(transport: Transport): ProjectsClient {
  const list: ProjectsClient['list'] = (query, options) =>
    transport.call('GET', pathOf('projects'), { query, ...options });
  return {
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    get: (project, options) => transport.call('GET', pathOf('projects', project), options),
    create: (json, options) => transport.call('POST', pathOf('projects'), { json, ...options }),
    update: (project, json, options) => transport.call('PATCH', pathOf('projects', project), { json, ...options }),
    delete: (project, options) => transport.call('DELETE', pathOf('projects', project), options),
    dependencies: (project, options) => transport.call('GET', pathOf('projects', project, 'dependencies'), options),
  };
}
