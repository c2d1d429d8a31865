/** The alert channel that runs a workflow: the one of the guide, on a real worker, started by the alert of a run that failed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseWorkflowText } from '@vaquita/core';
import { expect, it } from 'vitest';
import { alertWhen, onlyAlert } from '../support/alerts.ts';
import { eventually } from '../support/poll.ts';
import { define, defineAndStart, logOf, PROJECT, taskOf, waitForRun } from '../support/runs.ts';
import { REPO } from '../support/server.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ workers: { w1: {} } });

const guide = readFileSync(join(REPO, 'docs/guide/alert-channels.md'), 'utf8');
const script = parseWorkflowText(/^```yaml\n([\s\S]*?)^```$/m.exec(guide)![1]!) as Record<string, unknown>;

it('starts the script of the guide once, with the alert as its parameters, and what that does alerts nobody', async () => {
  const { client } = stage;
  const alerts = { on: 'all', group: 'scripts' };
  const workflow = await define(client, { ...script, alerts });
  await client.alertChannels.create({ name: 'script', type: 'workflow', settings: { project: PROJECT, workflow } });
  await client.alertGroups.create({ name: 'scripts', channels: ['script'] });
  const hostile = 'echo "$(touch /tmp/never) ${system.project.name}" >&2; exit 4';
  const failed = await defineAndStart(client, {
    ...{ name: 'fails', alerts },
    tasks: [{ name: 'copy $[yyyy] ${alert_title}', type: 'shell', script: hostile }],
  });
  const { deliveries, title, text } = await onlyAlert(client, { run: failed.id }, 'sent');
  const { items } = await client.instances.list({ project: PROJECT, workflow });
  expect(items).toHaveLength(1);
  const [started] = items;
  expect(deliveries[0]!.answer).toBe(
    `run ${started!.id} of ${PROJECT}/${workflow} (${stage.server.url}/go/r/${started!.id})`,
  );
  const run = await waitForRun(client, started!, 'success');
  expect(run).toMatchObject({ createdBy: 'alert-engine' });
  const log = await logOf(client, await taskOf(client, started!, 'tell'));
  expect(log).toContain(`error: ${title}\n`);
  expect(log).toContain('Workflow: fails');
  // The name of the task is read as it is, in the JSON.
  expect(text).toContain('copy $[yyyy] ${alert_title}');
  expect(log).toContain('copy $[yyyy] ${alert_title}');
  // It would have been filed with the end of the run.
  expect((await client.alerts.list({ run: started!.id })).items).toEqual([]);
  const { items: audit } = await client.audit.list({ limit: 50 });
  expect(audit).toContainEqual(expect.objectContaining({ actor: 'alert-engine', action: 'workflow.start' }));
});

it('says what is in the way of a run, and starts it when that is mended and the alert is sent again', async () => {
  const { client } = stage;
  const workflow = await define(client, { ...script, name: 'offline-script' });
  await client.workflows.offline(PROJECT, workflow);
  await client.alertChannels.create({ name: 'off', type: 'workflow', settings: { project: PROJECT, workflow } });
  const { id } = await client.alertChannels.test('off');
  const { deliveries } = await alertWhen(client, id, 'failed');
  expect(deliveries[0]!.reason).toMatch(/"offline-script" is offline; put it online/);
  await client.workflows.online(PROJECT, workflow);
  await client.alerts.resend(id);
  await alertWhen(client, id, 'sent');
  const [run] = await eventually('the run', async () => {
    const { items } = await client.instances.list({ project: PROJECT, workflow });
    return items.length > 0 && items;
  });
  await waitForRun(client, run!, 'success');
});
