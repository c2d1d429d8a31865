/** Every list and filter that is offered must be answered from an index, in order, whatever the size of the table. */
import type { AlertId, ProjectId, UserId, WorkflowId, WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import { expect, test } from 'vitest';
import type { AlertFilter } from '../ports/alerts.ts';
import type { AuditFilter, InstanceFilter } from '../ports/api.ts';
import { encodeCursor } from '../sql/page.ts';
import { openNoted } from '../testing/noted-store.ts';

const projectId = 'p' as ProjectId;
const workflowId = 'w' as WorkflowId;
const states: readonly WorkflowState[] = ['running', 'failure', 'success'];
const scopes: readonly InstanceFilter[] = [{}, { projectId }, { workflowId }, { projectId, workflowId }];
const filters = scopes.flatMap((scope) => [scope, { ...scope, states: states.slice(0, 1) }, { ...scope, states }]);

test.each(filters)('runs by %j', async (filter) => {
  const { store, read, plan } = await openNoted();
  await store.instances.list(filter, { limit: 50, cursor: null });
  await store.instances.list(filter, { limit: 50, cursor: encodeCursor('01') });
  expect(read).toHaveLength(2);
  for (const statement of read) {
    const steps = await plan(statement);
    const base = steps.filter((step) => /\bworkflow_instances\b/.test(step));
    expect(base.length).toBeGreaterThan(0);
    // A scan is allowed only along the primary key, newest first, and is cut by the limit.
    for (const step of base) expect(step).toMatch(/USING (COVERING )?INDEX/);
    if (filter.states === undefined) expect(steps.join()).not.toContain('TEMP B-TREE');
    if (Object.keys(filter).length > 0) expect(base.join()).not.toMatch(/SCAN workflow_instances/);
  }
});

const span = { from: 1, to: 2 };
const byOrigin: readonly InstanceFilter[] = [{ origin: { id: 'o' } }, { origin: { kind: 'schedule' } }];
const ofOrigin = byOrigin.flatMap((one): readonly InstanceFilter[] => [
  one,
  { ...one, ...span },
  { ...one, states },
  { ...one, ...span, projectId, workflowId, states },
]);

test.each(ofOrigin)('what has started by itself, by %j', async (filter) => {
  const { store, read, plan } = await openNoted();
  await store.instances.list(filter, { limit: 50, cursor: null });
  await store.instances.list(filter, { limit: 50, cursor: encodeCursor('01') });
  // With more than the index knows, the end of the look is asked for first: so many rows are seen and no more.
  expect(read).toHaveLength(filter.states === undefined ? 2 : 4);
  for (const statement of read) {
    const steps = (await plan(statement)).join('\n');
    const column = filter.origin !== undefined && 'id' in filter.origin ? 'origin_id' : 'origin_kind';
    expect(steps).toMatch(
      new RegExp(`workflow_instances_${column === 'origin_id' ? 'origin' : 'origin_kind'} \\(${column}=\\?`),
    );
    if (filter.from !== undefined) expect(steps).toContain('id>? AND id<?');
    expect(steps).not.toMatch(/SCAN workflow_instances|TEMP B-TREE/);
  }
});

test.each(filters)('runs by %j, made within a span', async (filter) => {
  const { store, read, plan } = await openNoted();
  await store.instances.list({ ...filter, ...span }, { limit: 50, cursor: null });
  const base = (await plan(read[0]!)).filter((step) => /\bworkflow_instances\b/.test(step));
  const ranges = filter.states?.length ?? 1;
  expect(base.filter((step) => step.includes('id>? AND id<?'))).toHaveLength(ranges);
});

test('runs over time, and those set aside, along their own indices', async () => {
  const { store, read, plan } = await openNoted();
  await store.instances.countsOverTime({ since: 5, everyMs: 10, most: 100 });
  await store.instances.setAside(5);
  const [counts, aside] = await Promise.all(read.map(async (one) => (await plan(one)).join('\n')));
  expect(counts).toMatch(/SEARCH workflow_instances USING COVERING INDEX workflow_instances_created \(created_at>\?\)/);
  expect(aside).toContain('workflow_instances_aside');
});

test('the run of a workflow with a number', async () => {
  const { store, read, plan } = await openNoted();
  await store.instances.list({ projectId, workflowId, number: 7, states, ...span }, { limit: 50, cursor: null });
  await store.instances.list({ number: 7 }, { limit: 50, cursor: null });
  expect((await plan(read[0]!)).join()).toMatch(/workflow_instances_number \(workflow_id=\? AND number=\?\)/);
});

const parentId = 'r' as WorkflowInstanceId;
const ofParent: readonly InstanceFilter[] = [{ parentId }, { parentId, projectId, workflowId, states }];

test.each(ofParent)('children by %j', async (filter) => {
  const { store, read, plan } = await openNoted();
  await store.instances.list(filter, { limit: 50, cursor: null });
  await store.instances.list(filter, { limit: 50, cursor: encodeCursor('01') });
  for (const statement of read) {
    const steps = (await plan(statement)).join('\n');
    expect(steps).toMatch(/SEARCH workflow_instances USING INDEX workflow_instances_parent/);
    expect(steps).not.toMatch(/SCAN workflow_instances|TEMP B-TREE/);
  }
});

test('tasks of a run, page by page', async () => {
  const { store, read, plan } = await openNoted();
  await store.instances.taskPage(parentId, { limit: 50, cursor: null });
  await store.instances.taskPage(parentId, { limit: 50, cursor: encodeCursor('01') });
  for (const statement of read) {
    const steps = (await plan(statement)).join('\n');
    expect(steps).toMatch(/task_instances_run \(workflow_instance_id=\? AND id>\?\)/);
    expect(steps).not.toMatch(/SCAN task_instances|TEMP B-TREE/);
  }
});

test('the past of a workflow: as many rows as are shown, whatever there is', async () => {
  const { store, read, plan } = await openNoted();
  const { workflowHistory } = store;
  for (const cursor of [null, encodeCursor('01')]) await workflowHistory.heads(workflowId, { limit: 30, cursor });
  await workflowHistory.headsOf(workflowId, [parentId]);
  await workflowHistory.cells([parentId]);
  await workflowHistory.neighbours(workflowId, parentId);
  const bounds = [
    /SEARCH r USING INDEX workflow_instances_workflow \(workflow_id=\?\)/,
    /SEARCH r USING INDEX workflow_instances_workflow \(workflow_id=\? AND id<\?\)/,
    /SEARCH r USING INDEX sqlite_autoindex_workflow_instances_1 \(id=\?\)/,
    /SEARCH t USING INDEX task_instances_current \(workflow_instance_id=\?\)/,
    /SEARCH r USING INDEX workflow_instances_workflow \(workflow_id=\? AND id<\?\)/,
    /SEARCH r USING INDEX workflow_instances_workflow \(workflow_id=\? AND id>\?\)/,
  ];
  const plans = await Promise.all(read.map(plan));
  expect(plans).toHaveLength(bounds.length);
  for (const [i, bound] of bounds.entries()) {
    expect(plans[i]!.join('\n')).toMatch(bound);
    expect(plans[i]!.join('\n')).not.toMatch(/SCAN [rt]\b|TEMP B-TREE/);
  }
});

test('figures of a workflow: by days and by newest runs, never through its whole past', async () => {
  const { store, read, plan } = await openNoted();
  const { workflowFigures } = store;
  const span = { from: 1, to: 2 };
  await workflowFigures.counts(workflowId, [span]);
  for (const cursor of [null, encodeCursor('[1,"x"]')])
    await workflowFigures.within(workflowId, span, { limit: 9, cursor });
  await workflowFigures.ended({ workflowId, ...span, runs: 9 });
  await workflowFigures.tasks({ workflowId, ...span, runs: 9 });
  const day =
    /SEARCH r USING INDEX workflow_instances_business_time \(workflow_id=\? AND business_time>\? AND business_time<\?\)/;
  const newest = /SEARCH r USING INDEX workflow_instances_workflow \(workflow_id=\? AND id>\? AND id<\?\)/;
  const ofRun = /SEARCH t USING INDEX task_instances_run \(workflow_instance_id=\?\)/;
  const plans = (await Promise.all(read.map(plan))).map((steps) => steps.join('\n'));
  expect(plans).toHaveLength(5);
  for (const [i, bounds] of [[day], [day], [/workflow_instances_business_time/], [newest], [newest, ofRun]].entries()) {
    for (const bound of bounds) expect(plans[i]).toMatch(bound);
    expect(plans[i]).not.toMatch(/SCAN (r|t|workflow_instances|task_instances)\b(?! USING)/);
  }
  for (const steps of plans.slice(1, 4)) expect(steps).not.toContain('TEMP B-TREE');
});

test('reads about other runs', async () => {
  const { store, read, plan } = await openNoted();
  const { others } = store.master;
  await others.newestIn(workflowId, [{ from: 1, to: 2 }], {
    ...{ id: parentId, originKind: 'backfill', originId: 'b' },
  });
  await others.hasOther(workflowId, parentId);
  await others.instances([parentId]);
  await others.currentTasks(parentId, null);
  await others.currentTasks(parentId, ['a', 'b']);
  const plans = await Promise.all(read.map(plan));
  const bounds = [
    /workflow_instances_business_time \(workflow_id=\? AND business_time>\? AND business_time<\?\)/,
    /workflow_instances_business_time \(workflow_id=\? AND business_time>\? AND business_time<\?\)/,
    /workflow_instances_business_time \(workflow_id=\?\)/,
    /sqlite_autoindex_workflow_instances_1 \(id=\?\)/,
    /task_instances_current \(workflow_instance_id=\?\)/,
    /task_instances_current \(workflow_instance_id=\? AND name=\?\)/,
  ];
  expect(plans).toHaveLength(bounds.length);
  for (const [i, bound] of bounds.entries()) {
    expect(plans[i]!.join('\n')).toMatch(bound);
    expect(plans[i]!.join('\n')).not.toMatch(/SCAN (workflow|task)_instances|TEMP B-TREE/);
  }
});

test('what is taken now: along indices that hold nothing else', async () => {
  const { store, read, plan } = await openNoted();
  await store.master.liveRuns();
  await store.master.slotHolders();
  await store.taskGroups.held();
  const later = encodeCursor(JSON.stringify([0, 0, 0, 'x']));
  for (const cursor of [null, later]) await store.taskGroups.members('g', { limit: 10, cursor });
  const plans = await Promise.all(read.map(plan));
  const indices = ['workflow_instances_open', 'task_instances_slot', 'task_instances_slot'];
  for (const [i, index] of indices.entries())
    expect(plans[i]).toEqual([expect.stringContaining(`USING INDEX ${index}`)]);
  for (const steps of plans.slice(3)) {
    expect(steps).toEqual([
      expect.stringMatching(/^SEARCH task_instances USING INDEX task_instances_members \(task_group=\?/),
    ]);
  }
});

test('who waits for worker groups, and who names them', async () => {
  const { store, read, plan } = await openNoted();
  await store.workerGroups.queued();
  await store.workerGroups.uses('gpu', 5);
  const [queued, workflows, runs, tasks] = await Promise.all(read.map(plan));
  expect(queued).toEqual([expect.stringContaining('USING COVERING INDEX task_instances_queued')]);
  // Every workflow is looked at, each newest document by its key.
  expect(workflows!.join('\n')).toMatch(
    /SEARCH v USING INDEX \S*workflow_versions\S* \(workflow_id=\? AND version=\?\)/,
  );
  expect(runs!.join('\n')).toMatch(/USING INDEX workflow_instances_open/);
  expect(tasks!.join('\n')).toMatch(/SEARCH task USING INDEX task_instances_run/);
});

test('reads of the reconciler: along indices of what is open, whatever has ended', async () => {
  const { store, read, plan } = await openNoted();
  const { reconcile } = store.master;
  await reconcile.openRunRows({ after: null, limit: 10 });
  await reconcile.openRunRows({ after: encodeCursor('01'), limit: 10 });
  await reconcile.openRunRowsOf([parentId]);
  await reconcile.liveTaskRows([parentId]);
  await reconcile.pendingSince(1, 10);
  await reconcile.pendingRuns([parentId]);
  await reconcile.workerStates({ after: null, limit: 10 });
  await reconcile.workerStatesOf(['w' as never]);
  const plans = await Promise.all(read.map(plan));
  const bounds = [
    /SEARCH workflow_instances USING INDEX workflow_instances_open \(id>\?\)/,
    /SEARCH workflow_instances USING INDEX workflow_instances_open \(id>\?\)/,
    /SEARCH workflow_instances USING INDEX sqlite_autoindex_workflow_instances_1 \(id=\?\)/,
    /SEARCH task_instances USING INDEX task_instances_current \(workflow_instance_id=\?\)/,
    /SEARCH commands USING INDEX commands_pending \(priority=\? AND created_at<\?\)/,
    /SCAN commands USING INDEX commands_pending/,
    /SEARCH workers USING INDEX sqlite_autoindex_workers_1 \(id>\?\)/,
    /SEARCH workers USING INDEX sqlite_autoindex_workers_1 \(id=\?\)/,
  ];
  expect(plans).toHaveLength(bounds.length);
  for (const [i, bound] of bounds.entries()) {
    expect(plans[i]!.join('\n')).toMatch(bound);
    expect(plans[i]!.join('\n')).not.toMatch(/SCAN (workflow|task)_instances|TEMP B-TREE/);
  }
});

test('reads of the janitor: along keys, from the oldest on, whatever is kept', async () => {
  const { store, read, plan } = await openNoted();
  const { retention } = store.master;
  const page = { after: null, limit: 10 };
  await retention.runs(page);
  await retention.newestBeyond(workflowId, 10);
  await retention.runsUpTo(workflowId, parentId, page);
  await retention.childrenOf([parentId], 10);
  await retention.claimed([parentId], 1);
  await retention.weigh([parentId], 10);
  for (const what of ['events', 'commands', 'fires', 'firings', 'audit'] as const)
    await retention.purge(1, what, { ...page, before: 1 });
  const plans = await Promise.all(read.map(plan));
  const bounds = [
    /SEARCH i USING INDEX sqlite_autoindex_workflow_instances_1 \(id>\?\)/,
    /SEARCH workflow_instances USING COVERING INDEX workflow_instances_workflow \(workflow_id=\?\)/,
    /SEARCH i USING INDEX workflow_instances_workflow \(workflow_id=\? AND id>\? AND id<\?\)/,
    /SEARCH i USING INDEX workflow_instances_parent \(parent_instance_id=\?\)/,
    /SEARCH outbox USING INDEX outbox_run \(workflow_instance_id=\?\)/,
    /SEARCH events USING COVERING INDEX events_run \(workflow_instance_id=\?\)/,
    /SEARCH events USING INDEX events_run \(workflow_instance_id=\? AND seq>\?\)/,
    /SEARCH commands USING INDEX sqlite_autoindex_commands_1 \(id>\?\)/,
    /SCAN schedule_fires USING INDEX schedule_fires_decided/,
    /SCAN trigger_firings USING COVERING INDEX trigger_firings_old/,
    /SEARCH audit_log USING INDEX sqlite_autoindex_audit_log_1 \(id>\?\)/,
  ];
  expect(plans).toHaveLength(bounds.length);
  for (const [i, bound] of bounds.entries()) {
    expect(plans[i]!.join('\n')).toMatch(bound);
    expect(plans[i]!.join('\n')).not.toMatch(/SCAN (i|workflow_instances|task_instances|events|audit_log)\b/);
  }
});

test('the list of workflows: along the index of its order, whatever is asked for', async () => {
  const { store, read, plan } = await openNoted();
  const cursors = [null, encodeCursor(JSON.stringify(['daily', 'w']))];
  const bounds: RegExp[] = [];
  for (const project of [false, true]) {
    for (const online of [undefined, true]) {
      for (const [prefix, cursor] of [
        ['', null],
        ['da', null],
        ['', cursors[1]],
        ['da', cursors[1]],
      ] as const) {
        const filter = { ...(project ? { projectId } : {}), ...(online === undefined ? {} : { online }), prefix };
        await store.workflows.list(filter, { limit: 10, cursor: cursor ?? null });
        const index = `workflows${project ? '_project' : ''}_${online ? 'online' : 'by_name'}`;
        const equal = [...(project ? ['project_id=\\?'] : []), ...(online ? ['online=\\?'] : [])];
        const range = ['name>\\?', ...(prefix === '' ? [] : ['name<\\?'])];
        bounds.push(new RegExp(`SEARCH workflows USING INDEX ${index} \\(${[...equal, ...range].join(' AND ')}\\)`));
      }
    }
  }
  await store.workflows.newest(projectId, ['w', 'daily']);
  await store.schedules.ofWorkflows([workflowId], 9);
  const plans = (await Promise.all(read.map(plan))).map((steps) => steps.join('\n'));
  const [newest, schedules] = plans.slice(bounds.length);
  for (const [i, bound] of bounds.entries()) {
    expect(plans[i], read[i]!.sql).toMatch(bound);
    expect(plans[i]).not.toContain('TEMP B-TREE');
  }
  expect(newest).not.toMatch(/SCAN (workflows|x|v)\b|TEMP B-TREE/);
  expect(schedules).toMatch(/SEARCH x USING (COVERING )?INDEX schedules_name \(workflow_id=\?\)/);
  expect(schedules).not.toMatch(/SCAN (schedules|x)\b/);
});

test('every other read', async () => {
  const { store, read, plan } = await openNoted();
  const first = { limit: 10, cursor: null };
  const later = { limit: 10, cursor: encodeCursor('x') };
  for (const page of [first, later]) {
    await store.projects.list(page);
    await store.taskGroups.list(page);
    await store.tokens.list('api', page);
    await store.requests.auditLog(page);
    await store.requests.auditLog(page, { subject: 'w' });
    await store.master.openInstances({ after: page.cursor, limit: 10 });
  }
  await store.workflows.versions(workflowId, first);
  await store.workflows.find(projectId, 'w');
  await store.instances.tasks('r' as never);
  await store.instances.countsByState(1);
  await store.commands.pendingCount();
  await store.events.after(0, { limit: 10 });
  await store.events.after(0, { limit: 10, workflowInstanceId: 'r' as never });
  await store.events.latestSeq();
  await store.master.pendingCommands(10);
  await store.master.findDispatch('d');
  await store.master.taskGroups();
  await store.taskGroups.find('g');
  await store.master.workerGroups();
  await store.workerGroups.find('g');
  await store.master.workers.list();
  await store.master.workers.standings();
  await store.master.workers.standingsOf('w1' as never, 'amy');
  await store.tokens.use('hash', 1);
  await store.tokens.find('t');
  await store.sessions.use('hash', 1);
  for (const statement of read) {
    for (const step of await plan(statement)) {
      expect(step, statement.sql).not.toContain('TEMP B-TREE');
      expect(step, statement.sql).toMatch(/INDEX|PRIMARY KEY|SCAN events|CONSTANT ROW|SEARCH events$/);
    }
  }
});

test('the queue of alerts: along indices of what is not over, and of one channel only', async () => {
  const { store, read, plan } = await openNoted();
  const { alertQueue } = store;
  await alertQueue.waiting(null, 10);
  await alertQueue.claim(1, { claimer: 's', now: 1, limit: 1, perChannel: 1, limitUnproven: 1 });
  await alertQueue.reclaim(1, { alive: [], held: [], claimedBefore: 1, now: 1, limit: 1 });
  await alertQueue.purge(1, { before: 1, limit: 1 });
  await alertQueue.nextAt();
  const plans = (await Promise.all(read.map(plan))).map((steps) => steps.join('\n'));
  const [waiting, due, lost, gone, over, next] = plans;
  expect(waiting).toMatch(/SEARCH alerts USING INDEX alerts_waiting \(status=\? AND rowid>\?\)/);
  expect(waiting).not.toContain('TEMP B-TREE');
  expect(due).toMatch(/SEARCH x USING (COVERING )?INDEX alert_deliveries_due \(channel_id=\? AND next_attempt_at<\?\)/);
  expect(due).toMatch(/SEARCH e USING (COVERING )?INDEX alerts_undelivered \(subject=\? AND rowid<\?\)/);
  expect(due).toMatch(/SEARCH o USING INDEX alert_deliveries_once \(alert_id=\? AND channel_id=\?\)/);
  expect(lost).toMatch(/alert_deliveries_sending/);
  expect(gone).toMatch(/alert_deliveries_due/);
  expect(over).toMatch(/SEARCH a USING INDEX sqlite_autoindex_alerts_1 \(id<\?\)/);
  expect(next).toMatch(/SEARCH d USING INDEX alert_deliveries_due \(channel_id=\?\)/);
  for (const steps of plans) expect(steps).not.toMatch(/SCAN (alerts|[demox])\b/);
});

const alertFilters: readonly (readonly [AlertFilter, RegExp])[] = [
  [{}, /alerts_speaking|sqlite_autoindex_alerts/],
  [{ since: 5, until: 9 }, /alerts_speaking|sqlite_autoindex_alerts/],
  [{ status: 'failed' }, /alerts_status \(status=\?/],
  [{ kind: 'test' }, /alerts_kind \(kind=\?/],
  [{ severity: 'error', since: 5, until: 9 }, /alerts_severity \(severity=\? AND id>\? AND id<\?/],
  [{ projectId, severity: 'error', kind: 'test' }, /alerts_project \(project_id=\?/],
  [{ projectId, workflowId }, /alerts_workflow \(workflow_id=\?/],
  [{ projectId, group: 'ops' }, /alerts_group \(group_name=\?/],
  [{ workflowInstanceId: parentId, workflowId, status: 'sent' }, /alerts_run \(workflow_instance_id=\?/],
];

test.each(alertFilters)('alerts by %j', async (filter, index) => {
  const { store, read, plan } = await openNoted();
  await store.alerts.list(filter, { limit: 50, cursor: null });
  await store.alerts.list(filter, { limit: 50, cursor: encodeCursor('01') });
  expect(read).toHaveLength(2);
  for (const statement of read) {
    const steps = (await plan(statement)).join('\n');
    expect(steps).toMatch(index);
    expect(steps).not.toContain('TEMP B-TREE');
  }
});

test('alerts that were folded into one', async () => {
  const { store, read, plan } = await openNoted();
  await store.alerts.folded('a' as AlertId, { limit: 50, cursor: null });
  const steps = (await plan(read[0]!)).join('\n');
  expect(steps).toMatch(/alerts_folded \(folded_into=\? AND id<\?\)/);
  expect(steps).not.toContain('TEMP B-TREE');
});

const auditFilters: readonly AuditFilter[] = [
  {},
  { actor: 'a' },
  { action: 'b' },
  { subject: 'c' },
  { actor: 'a', action: 'b' },
  { actor: 'a', action: 'b', subject: 'c' },
].flatMap((filter) => [filter, { ...filter, from: 1, to: 2 }]);

test.each(auditFilters)('the audit log by %j', async (filter) => {
  const { store, read, plan } = await openNoted();
  await store.requests.auditLog({ limit: 50, cursor: null }, filter);
  await store.requests.auditLog({ limit: 50, cursor: encodeCursor('01') }, filter);
  expect(read).toHaveLength(2);
  for (const statement of read) {
    const steps = (await plan(statement)).join('\n');
    expect(steps).toMatch(/USING INDEX/);
    expect(steps).not.toContain('TEMP B-TREE');
    const columns = ['subject', 'actor', 'action'].filter((name) => Object.hasOwn(filter, name));
    for (const column of columns.includes('subject') ? ['subject'] : columns) expect(steps).toContain(`${column}=?`);
    if (filter.from !== undefined) expect(steps).toContain('id>? AND id<?');
  }
});

test('the words of the audit log are read along its indices', async () => {
  const { store, read, plan } = await openNoted();
  await store.requests.auditWords(10);
  for (const statement of read) {
    const steps = (await plan(statement)).filter((step) => step.includes('audit_log'));
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) expect(step).toMatch(/SEARCH audit_log USING COVERING INDEX/);
  }
});

test('people, their tokens and their sessions', async () => {
  const { store, read, plan } = await openNoted();
  const [first, later] = [
    { limit: 50, cursor: null },
    { limit: 50, cursor: encodeCursor('01') },
  ];
  for (const page of [first, later]) {
    await store.users.list(page);
    await store.tokens.list('api', page, 'u' as UserId);
    await store.sessions.list('u' as UserId, page, 1);
  }
  const plans = (await Promise.all(read.map(plan))).map((steps) => steps.join('\n'));
  expect(plans).toHaveLength(6);
  for (const steps of plans) {
    expect(steps).toMatch(/users_name_unique|tokens_user|sessions_user/);
    expect(steps).not.toContain('TEMP B-TREE');
  }
});

test('links between workflows are found from both ends along indices, whatever the number of workflows', async () => {
  const { store, read, plan } = await openNoted();
  await store.workflowLinks.around(['w' as WorkflowId], 10);
  await store.workflowLinks.ofProject('p' as ProjectId, 10);
  await store.workflowLinks.outlines(['w' as WorkflowId]);
  await store.workflowLinks.newestRuns(['w' as WorkflowId], 10);
  expect(read).toHaveLength(10);
  for (const statement of read) {
    const steps = await plan(statement);
    for (const step of steps) expect(step, statement.sql).not.toMatch(/SCAN (?!i VIRTUAL)|AUTOMATIC|TEMP B-TREE/);
  }
  const steps = (await Promise.all(read.map(plan))).map((one) => one.join('\n'));
  expect(steps[1]).toContain('workflow_links_target (target_project=? AND target_workflow=?)');
  expect(steps[3]).toContain('triggers_follow (<expr>=? AND <expr>=?)');
  expect(steps[5]).toContain('workflow_links_target (target_project=?)');
});

test('environments and secrets: by their names, and who names them by what has not ended', async () => {
  const { store, read, plan } = await openNoted();
  const { environments, secrets, environmentReader } = store;
  for (const cursor of [null, encodeCursor('["a","1"]')]) {
    await environments.list({}, { limit: 9, cursor });
    await secrets.list({ projectId }, { limit: 9, cursor });
  }
  await environmentReader.read(projectId, 'prod');
  const named = read.length;
  await environments.uses({ id: 'e' as never, name: 'prod', projectId: null }, 9);
  const plans = (await Promise.all(read.map(plan))).map((steps) => steps.join('\n'));
  for (const steps of plans.slice(0, 4)) expect(steps).toMatch(/USING INDEX (environments|secrets)_by_name/);
  for (const steps of plans.slice(4, named)) expect(steps).toMatch(/SEARCH environments USING INDEX environments_of_/);
  for (const steps of plans.slice(0, named)) expect(steps).not.toContain('TEMP B-TREE');
  const [workflows, schedules, triggers, backfills, runs] = plans.slice(named);
  expect(workflows).toMatch(/SEARCH v USING INDEX \S*workflow_versions\S* \(workflow_id=\? AND version=\?\)/);
  // What people have made is looked at; what has come of it is not.
  for (const steps of [schedules, triggers]) expect(steps).not.toMatch(/fires|firings|instances/);
  expect(backfills).toMatch(/USING INDEX backfills_state \(state=\?\)/);
  expect(runs).toMatch(/USING INDEX workflow_instances_open/);
});

test('data sources: by their names, and who names them by newest versions and runs that have not ended', async () => {
  const { store, read, plan } = await openNoted();
  const { dataSources, dataSourceReader, secrets } = store;
  for (const cursor of [null, encodeCursor('["a","1"]')]) await dataSources.list({}, { limit: 9, cursor });
  await dataSourceReader.read(projectId, 'lake');
  const named = read.length;
  await dataSources.uses({ id: 'd' as never, name: 'lake', projectId: null }, 9);
  await secrets.usedBy('s' as never, 9);
  const plans = (await Promise.all(read.map(plan))).map((steps) => steps.join('\n'));
  for (const steps of plans.slice(0, 2)) expect(steps).toMatch(/USING INDEX data_sources_by_name/);
  for (const steps of plans.slice(2, named)) expect(steps).toMatch(/SEARCH data_sources USING INDEX data_sources_of_/);
  for (const steps of plans.slice(0, named)) expect(steps).not.toContain('TEMP B-TREE');
  const [workflows, runs] = plans.slice(named);
  for (const steps of [workflows, runs]) {
    expect(steps).toMatch(/SEARCH v USING INDEX \S*workflow_versions\S* \(workflow_id=\? AND version=\?\)/);
  }
  expect(runs).toMatch(/USING INDEX workflow_instances_open/);
});

test('names are found along their indices, in order', async () => {
  const { store, read, plan } = await openNoted();
  await store.names.beginning('day', 10);
  await store.names.workflowsNamed('day', 10);
  expect(read).toHaveLength(6);
  for (const statement of read) {
    const steps = (await plan(statement)).join('\n');
    expect(steps, statement.sql).toMatch(/SEARCH n USING (COVERING )?INDEX \w+_by_name \(name[>=]/);
    expect(steps, statement.sql).not.toMatch(/SCAN|TEMP B-TREE/);
  }
});
