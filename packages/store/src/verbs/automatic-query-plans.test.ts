/** What schedules, backfills and triggers ask must be answered from an index, whatever the size of the table. */
import type {
  BackfillId,
  CalendarId,
  ProjectId,
  ScheduleId,
  TriggerId,
  WorkflowId,
  WorkflowInstanceId,
} from '@vaquita/core';
import { expect, test } from 'vitest';
import { encodeCursor } from '../sql/page.ts';
import { schedule as scheduleRow } from '../testing/contract/schedule-fixtures.ts';
import { openNoted } from '../testing/noted-store.ts';

const projectId = 'p' as ProjectId;
const workflowId = 'w' as WorkflowId;

test('reads about backfills: by what runs, waits or failed, never through all items', async () => {
  const { store, read, plan } = await openNoted();
  const { backfills, backfillQueue, backfillSources } = store;
  const id = 'b' as BackfillId;
  await backfillQueue.active(10);
  await backfillQueue.running();
  await backfillQueue.recovered(10);
  await backfillQueue.items(id);
  await backfillQueue.figures();
  await backfills.counts([id]);
  await backfills.items(id, { state: 'failure', workflowId }, { limit: 10, cursor: null });
  for (const cursor of [null, encodeCursor('x')]) {
    await backfills.list({}, { limit: 10, cursor });
    await backfills.list({ projectId, workflowId, state: 'running' }, { limit: 10, cursor });
    await backfills.list({ state: 'running' }, { limit: 10, cursor });
  }
  await backfillSources.holders(workflowId, 1, [1, 2]);
  await backfillSources.runsAt(workflowId, [1, 2]);
  await backfillSources.history(workflowId, 10);
  await backfillSources.historyOf(id);
  await backfillSources.dependents({ after: null, limit: 10 });
  const plans = (await Promise.all(read.map(plan))).map((steps) => steps.join('\n'));
  expect(plans[1]).toMatch(/SCAN i USING INDEX backfill_items_running/);
  expect(plans[2]).toMatch(/SEARCH i USING INDEX backfill_items_state \(backfill_id=\? AND state=\?\)/);
  for (const [n, steps] of plans.entries()) {
    expect(steps, read[n]!.sql).not.toMatch(
      /SCAN (backfill_items|r|t|workflow_instances|task_instances)\b(?! USING| VIRTUAL)/,
    );
    if (!steps.includes('VIRTUAL')) expect(steps, read[n]!.sql).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
  }
});

test('what runs of the past took, by the index of states', async () => {
  const { store, read, plan } = await openNoted();
  await store.runHistory.past([workflowId], 5);
  expect(read).toHaveLength(2);
  for (const statement of read) {
    const steps = (await plan(statement)).join('\n');
    expect(steps).toContain('workflow_instances_workflow_state');
    expect(steps).not.toMatch(/SCAN [rnt]\b/);
  }
});

test('reads of schedules: what is due, what waits, and what is around them, along their indices', async () => {
  const { store, read, plan } = await openNoted();
  const { schedules, scheduleQueue } = store;
  const first = { limit: 10, cursor: null };
  const id = 's' as ScheduleId;
  await schedules.list({ projectId }, first);
  await schedules.list({ workflowId, projectId }, first);
  await schedules.list({ online: false }, { limit: 10, cursor: encodeCursor('x') });
  await schedules.list({ online: true }, first);
  await schedules.list({ projectId, online: true }, first);
  await schedules.list({ workflowId, online: true }, first);
  await schedules.findByName(workflowId, 'x');
  await schedules.fires(id, { limit: 10, cursor: encodeCursor(7) });
  await schedules.lastFires([id]);
  await scheduleQueue.due(1, 10);
  await scheduleQueue.nextDueAt(1);
  await scheduleQueue.unblocked(null, 10);
  await scheduleQueue.surroundings([scheduleRow('s')]);
  await scheduleQueue.figures();
  const plans = await Promise.all(read.map(plan));
  const bounds = [
    /SEARCH schedules USING INDEX schedules_project \(project_id=\?\)/,
    /SEARCH schedules USING INDEX schedules_name \(workflow_id=\?\)/,
    /SEARCH schedules USING INDEX schedules_offline \(id>\?\)/,
    /SCAN schedules USING INDEX schedules_online/,
    /SEARCH schedules USING INDEX schedules_project \(project_id=\?\)/,
    /SEARCH schedules USING INDEX schedules_name \(workflow_id=\?\)/,
    /SEARCH schedules USING INDEX schedules_name \(workflow_id=\? AND name=\?\)/,
    /SEARCH schedule_fires USING INDEX sqlite_autoindex_schedule_fires_1 \(schedule_id=\? AND fire_at<\?\)/,
    /SEARCH schedule_fires USING INDEX sqlite_autoindex_schedule_fires_1 \(schedule_id=\? AND fire_at=\?\)/,
    /SEARCH schedules USING INDEX schedules_due \(due_at>\? AND due_at<\?\)/,
    /SEARCH schedules USING COVERING INDEX schedules_due \(due_at>\?\)/,
    /SEARCH schedule_fires USING COVERING INDEX schedule_fires_queued \(schedule_id>\?\)/,
    /SEARCH w USING INDEX sqlite_autoindex_workflows_1 \(id=\?\)/,
    /SEARCH i USING INDEX workflow_instances_origin_open \(origin_id=\?\)/,
    /SEARCH schedule_fires USING INDEX schedule_fires_queued \(schedule_id=\?\)/,
    /SEARCH f USING COVERING INDEX sqlite_autoindex_schedule_fires_1 \(schedule_id=\? AND fire_at>\?\)/,
    /SCAN schedule_fires USING COVERING INDEX schedule_fires_queued[\s\S]*SCAN schedules USING (COVERING )?INDEX schedules_problem/,
  ];
  expect(plans).toHaveLength(bounds.length);
  for (const [i, bound] of bounds.entries()) {
    expect(plans[i]!.join('\n')).toMatch(bound);
    expect(plans[i]!.join('\n')).not.toMatch(/SCAN (i|workflow_instances|f)\b/);
  }
});

test('who uses a calendar: along the table of uses, never through all schedules', async () => {
  const { store, read, plan } = await openNoted();
  const ids = ['c1', 'c2'] as CalendarId[];
  await store.calendars.useCounts(ids);
  await store.calendars.namedBy(ids[0]!, 10);
  const plans = (await Promise.all(read.map(plan))).map((steps) => steps.join('\n'));
  expect(plans).toHaveLength(2);
  for (const steps of plans) {
    expect(steps).toMatch(/SEARCH u USING COVERING INDEX sqlite_autoindex_calendar_uses_1 \(calendar_id=\?/);
    expect(steps).not.toMatch(/SCAN (u|s|w|p)\b/);
  }
  expect(plans[1]).not.toMatch(/TEMP B-TREE/);
});

test('reads of triggers: their lists, what they noticed and what the duty asks, along their indices', async () => {
  const { store, read, plan } = await openNoted();
  const { triggers, firings, triggerQueue } = store;
  const first = { limit: 10, cursor: null };
  const id = 't' as TriggerId;
  await triggers.list({ projectId }, first);
  await triggers.list({ workflowId }, first);
  await firings.find(id, 'k');
  await firings.list(id, {}, first);
  await firings.newestOf([id]);
  await triggerQueue.online('after_workflow');
  await triggerQueue.endsAfter(0, 10);
  await triggerQueue.firingOf('r' as WorkflowInstanceId);
  const plans = await Promise.all(read.map(plan));
  const bounds = [
    /SEARCH triggers USING INDEX triggers_project \(project_id=\?/,
    /SEARCH triggers USING INDEX triggers_name \(workflow_id=\?/,
    /SEARCH trigger_firings USING INDEX sqlite_autoindex_trigger_firings_1 \(trigger_id=\? AND key=\?\)/,
    /SEARCH trigger_firings USING INDEX trigger_firings_at \(trigger_id=\?\)/,
    /SEARCH f USING INDEX trigger_firings_at \(trigger_id=\?\)/,
    /SEARCH triggers USING INDEX triggers_online \(kind=\?\)/,
    /SEARCH events USING INTEGER PRIMARY KEY \(rowid>\?\)/,
    /SEARCH trigger_firings USING INDEX trigger_firings_run \(workflow_instance_id=\?\)/,
  ];
  expect(plans).toHaveLength(bounds.length);
  for (const [i, bound] of bounds.entries()) expect(plans[i]!.join('\n')).toMatch(bound);
});

test('what triggers know of files: by their keys, and what is old first', async () => {
  const { store, read, plan } = await openNoted();
  const { watching, master } = store;
  const id = 't' as TriggerId;
  await watching.watchers([id]);
  await watching.known(id, ['a', 'b']);
  await watching.knownCounts([id], 10);
  for (const what of ['watchers', 'things'] as const)
    await master.retention.purge(1, what, { after: null, limit: 10, before: 1 });
  const plans = await Promise.all(read.map(plan));
  const bounds = [
    /SEARCH trigger_watchers USING INDEX sqlite_autoindex_trigger_watchers_1 \(trigger_id=\?\)/,
    /SEARCH trigger_things USING INDEX sqlite_autoindex_trigger_things_1 \(trigger_id=\? AND key=\?\)/,
    /SEARCH trigger_things USING COVERING INDEX sqlite_autoindex_trigger_things_1 \(trigger_id=\?\)/,
    /SCAN trigger_watchers USING COVERING INDEX trigger_watchers_looked/,
    /SCAN trigger_things USING INDEX trigger_things_seen[\s\S]*SEARCH w USING INDEX sqlite_autoindex_trigger_watchers_1 \(trigger_id=\?\)/,
  ];
  expect(plans).toHaveLength(bounds.length);
  for (const [i, bound] of bounds.entries()) expect(plans[i]!.join('\n')).toMatch(bound);
});
