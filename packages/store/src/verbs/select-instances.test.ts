/** Where no index knows all that is asked for, a page costs a bounded look, and the pages still hold every run. */
import type { WorkflowInstanceId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { allPages } from '../testing/contract/all-pages.ts';
import {
  command,
  event,
  project,
  run,
  version,
  WORKFLOW,
  workflow,
  workflowEvent,
} from '../testing/contract/fixtures.ts';
import { openNoted } from '../testing/noted-store.ts';

test('a rare run among many of an origin is found over short pages', async () => {
  const { store, driver } = await openNoted();
  await store.projects.create(project('project-1'));
  await store.workflows.create(workflow(WORKFLOW), version(WORKFLOW), workflowEvent(WORKFLOW));
  const first = run('r00000', { state: 'failure', originKind: 'schedule', originId: 's1' });
  await store.instances.start(first, command('c', first.id), event(first.id));
  const columns = (await driver.query({ sql: "select name from pragma_table_info('workflow_instances')", args: [] }))
    .map(({ name }) => String(name))
    .filter((name) => name !== 'id' && name !== 'state');
  const copies = `with recursive n(i) as (select 1 union all select i + 1 from n where i < 4500)
    insert into workflow_instances (id, state, ${columns.join(', ')})
    select printf('r%05d', i), case when i = 3000 then 'failure' else 'success' end, ${columns.join(', ')}
    from n join workflow_instances on id = 'r00000'`;
  await driver.write([{ sql: copies, args: [] }]);
  for (const origin of [{ id: 's1' }, { kind: 'schedule' as const }]) {
    const filter = { origin, states: ['failure' as const] };
    let pages = 0;
    const found = await allPages((page) => {
      pages += 1;
      return store.instances.list(filter, page);
    }, 10);
    expect(found.map(({ id }) => id)).toEqual(['r03000', first.id] as WorkflowInstanceId[]);
    expect(pages).toBe(3);
    const all = await allPages((page) => store.instances.list({ origin, states: ['success'] }, page), 500);
    expect(all).toHaveLength(4499);
    expect(new Set(all.map(({ id }) => id)).size).toBe(4499);
  }
});
