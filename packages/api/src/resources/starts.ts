/** POST …/instances: files a run. The leader takes it from there. */
import {
  AppError,
  checkStart,
  compileWorkflow,
  newRun,
  type Problem,
  type ProjectId,
  parseDuration,
  type RunChoices,
  type WorkflowDefinition,
} from '@vaquita/core';
import type * as z from 'zod';
import { auditRow } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { noEnvironmentFor, usableEnvironment } from '../environments/scopes.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { fileRun } from '../runs/file-run.ts';
import { paramTexts } from '../runs/param-texts.ts';
import { StartAnswer, StartRequest } from '../views/instance.ts';
import { requireWorkflow } from './lookup.ts';
import { requireVersion } from './workflow-versions.ts';

type Start = z.output<typeof StartRequest>;

export function startEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store, clock } = deps;

  /** A run that is to alert a group that is not there would alert nobody. */
  async function requireAlertGroup(idOrName: string): Promise<string> {
    const group = await store.alertGroups.find(idOrName);
    if (group !== undefined) return group.name;
    const message = `There is no alert group named "${idOrName}". Make it first, or leave this out for that of the definition`;
    throw new AppError('bad_request', 'The run cannot be started like this.', {
      problems: [{ path: 'alertGroup', message }],
    });
  }

  /** A task of an environment that is not there would fail. */
  async function environmentOf(projectId: ProjectId, asked: string | undefined): Promise<string | null> {
    if (asked === undefined) return null;
    const name = await usableEnvironment(store, projectId, asked);
    if (name !== null) return name;
    throw new AppError('bad_request', 'The run cannot be started like this.', {
      problems: [{ path: 'environment', message: noEnvironmentFor(asked) }],
    });
  }

  return [
    endpoint({
      method: 'post',
      path: '/api/v1/projects/{project}/workflows/{workflow}/instances',
      tag: 'Runs',
      access: 'operate',
      summary: 'Start a workflow',
      description: 'Answers as soon as the run is recorded. Its number follows when the leader has taken it.',
      body: StartRequest,
      errors: ['conflict', 'missing_parameter'],
      status: 202,
      answer: StartAnswer,
      async handle({ params, body, caller, ids }) {
        const { project, workflow } = await requireWorkflow(store, params);
        if (!workflow.online) {
          throw new AppError(
            'conflict',
            `The workflow “${workflow.name}” is offline. Put it online first: only online workflows run.`,
          );
        }
        const version = await requireVersion(store, workflow, body.version ?? workflow.version);
        const definition = compileWorkflow(version.document);
        const { values, timeoutMs } = checkRequest(definition, body);
        const environment = await environmentOf(project.id, body.environment);
        const alertGroup = body.alertGroup === undefined ? null : await requireAlertGroup(body.alertGroup);

        const now = clock.now();
        const choices: RunChoices = {
          ...runSettings(definition, body),
          projectId: project.id,
          workflowId: workflow.id,
          workflowName: workflow.name,
          version: version.version,
          params: values,
          environment,
          timeoutMs,
          alertGroup,
          businessTime: now,
          createdBy: caller.name,
          parent: null,
        };
        const run = newRun(choices, ids, now);
        const { id, state } = run.instance;
        const subject = `${project.name}/${workflow.name}`;
        const change = { action: 'workflow.start', subject, data: { id, version: version.version } };
        const audit = auditRow(deps, caller, change);
        await fileRun(deps, run, audit);
        return { id, state };
      },
    }),
  ];
}

function runSettings(definition: WorkflowDefinition, body: Start) {
  return {
    startTasks: body.startTasks ?? [],
    scope: body.scope ?? 'all',
    failureStrategy: body.failureStrategy ?? definition.failureStrategy,
    priority: body.priority ?? 'medium',
    workerGroup: body.workerGroup ?? null,
    dryRun: body.dryRun ?? false,
    alertOn: body.alertOn ?? null,
  } as const;
}

/** @throws AppError `missing_parameter`, `bad_request` with every wrong place. */
function checkRequest(
  definition: WorkflowDefinition,
  { params = {}, startTasks = [], scope = 'all', timeout }: Start,
): { readonly values: Readonly<Record<string, string>>; readonly timeoutMs: number | null } {
  const problems: Problem[] = [];
  const timeoutMs = timeout === undefined ? null : parseDuration(timeout);
  if (timeoutMs === undefined || timeoutMs === 0) {
    problems.push({ path: 'timeout', message: 'This is not a duration greater than zero, such as 30s, 10m, 2h' });
  }
  const given = paramTexts(params, { path: 'params', problems });
  const start = checkStart(definition, { params: given, startTasks, scope });
  const all = [...start.taskProblems, ...problems, ...start.paramProblems];
  if (all.length > 0) {
    const isMissingOnly = start.onlyMissing && problems.length === 0;
    throw new AppError(isMissingOnly ? 'missing_parameter' : 'bad_request', 'The run cannot be started like this.', {
      problems: all,
    });
  }
  return { values: start.values, timeoutMs: timeoutMs ?? null };
}
