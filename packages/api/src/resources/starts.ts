/** POST …/instances: files a run. The leader takes it from there. */
import {
  AppError,
  type CommandRow,
  checkStartParams,
  compileWorkflow,
  didYouMean,
  type NewEvent,
  type Problem,
  parseDuration,
  reasonData,
  type WorkflowDefinition,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { AuditRow, WorkflowRow } from '@vaquita/store';
import type * as z from 'zod';
import { auditRow } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { paramTexts } from '../runs/param-texts.ts';
import { StartAnswer, StartRequest } from '../views/instance.ts';
import { requireWorkflow } from './lookup.ts';
import { requireVersion } from './workflow-versions.ts';

type Start = z.output<typeof StartRequest>;

const UNSUPPORTED = {
  alertGroup: 'Alerts are not supported by this version; leave this field out',
  environment: 'Environments are not supported by this version; leave this field out',
};

export function startEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store, clock } = deps;

  /** Filing is repeatable under an idempotency key: the run with the id of this very request is already filed. */
  async function file(filing: {
    readonly row: WorkflowInstanceRow;
    readonly command: CommandRow;
    readonly event: NewEvent;
    readonly audit: AuditRow;
  }): Promise<void> {
    const { row, command, event, audit } = filing;
    try {
      await store.instances.start(row, command, event, audit);
    } catch (thrown) {
      const isOurs = (await store.instances.find(row.id)) !== undefined;
      if (!(thrown instanceof AppError) || !isOurs) throw thrown;
    }
  }

  return [
    endpoint({
      method: 'post',
      path: '/api/v1/projects/{project}/workflows/{workflow}/instances',
      tag: 'Runs',
      access: 'user',
      summary: 'Start a workflow',
      description: 'Answers as soon as the run is recorded. Its number follows when the leader has taken it.',
      body: StartRequest,
      unsupported: UNSUPPORTED,
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
        const { values, timeoutMs } = checkStart(definition, body);

        const id: WorkflowInstanceId = ids.next<'workflow-instance'>();
        const now = clock.now();
        const row: WorkflowInstanceRow = {
          ...runSettings(definition, body),
          id,
          projectId: project.id,
          workflowId: workflow.id,
          workflowName: workflow.name,
          version: version.version,
          number: null,
          state: 'submitted',
          runCounter: 1,
          params: values,
          environment: null,
          timeoutMs,
          businessTime: now,
          queuedAt: null,
          executionSlot: null,
          parentInstanceId: null,
          parentTask: null,
          parentTaskId: null,
          childIndex: 0,
          lineage: [],
          outputs: {},
          createdBy: caller.name,
          createdAt: now,
          startedAt: null,
          endedAt: null,
          updatedAt: now,
          reason: {
            code: 'waiting_for_leader',
            text: 'The run is recorded and waits for the leader to take it.',
            since: now,
            next: 'the leader starts it',
          },
          quarantine: null,
        };
        const command: CommandRow = {
          id: ids.next<'command'>(),
          kind: 'start',
          workflowInstanceId: id,
          payload: {},
          priority: row.priority,
          createdBy: caller.name,
          createdAt: now,
        };
        const subject = `${project.name}/${workflow.name}`;
        const change = { action: 'workflow.start', subject, data: { id, version: row.version } };
        const audit = auditRow(deps, caller, change);
        await file({ row, command, event: createdEvent(row, workflow), audit });
        deps.nudge(command);
        deps.changes.announce();
        return { id, state: row.state };
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
  } as const;
}

function createdEvent(row: WorkflowInstanceRow, workflow: WorkflowRow): NewEvent {
  return {
    type: 'workflow_instance.created',
    projectId: row.projectId,
    workflowInstanceId: row.id,
    taskInstanceId: null,
    at: row.createdAt,
    data: {
      state: row.state,
      workflowId: workflow.id,
      workflowName: workflow.name,
      version: row.version,
      params: row.params,
      ...reasonData(row.reason, row.createdAt),
    },
  };
}

/** @throws AppError `missing_parameter`, `bad_request` with every wrong place. */
function checkStart(
  definition: WorkflowDefinition,
  body: Start,
): { readonly values: Readonly<Record<string, string>>; readonly timeoutMs: number | null } {
  const problems: Problem[] = [];

  const names = new Set(definition.tasks.map((task) => task.name));
  for (const [index, name] of (body.startTasks ?? []).entries()) {
    if (names.has(name)) continue;
    const message = `There is no task named "${name}" in this workflow.${didYouMean(name, names)}`;
    problems.push({ path: `startTasks[${index}]`, message });
  }
  if ((body.scope ?? 'all') !== 'all' && (body.startTasks ?? []).length === 0) {
    problems.push({
      path: 'startTasks',
      message: `The scope "${body.scope}" is seen from start tasks; name at least one`,
    });
  }

  const timeoutMs = body.timeout === undefined ? null : parseDuration(body.timeout);
  if (timeoutMs === undefined || timeoutMs === 0) {
    problems.push({ path: 'timeout', message: 'This is not a duration greater than zero, such as 30s, 10m, 2h' });
  }

  const given = paramTexts(body.params ?? {}, { path: 'params', problems });
  const params = checkStartParams(definition, given);
  const missing = definition.params.filter(({ name, value }) => value === undefined && !Object.hasOwn(given, name));
  const all = [...problems, ...params.problems];
  if (all.length > 0) {
    const isMissingOnly = all.length === missing.length && problems.length === 0;
    throw new AppError(isMissingOnly ? 'missing_parameter' : 'bad_request', 'The run cannot be started like this.', {
      problems: all,
    });
  }
  return { values: params.values, timeoutMs: timeoutMs ?? null };
}
