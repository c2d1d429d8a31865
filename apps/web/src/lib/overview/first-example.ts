/** The first run with one press: an example is made, taken online and started. */
import type { VaquitaClient } from '@vaquita/client';

const PROJECT = 'examples';
const WORKFLOW = 'first-run';

/** Three tasks that any worker can do, in a second or two, with something to read in each log. */
const DEFINITION = {
  name: WORKFLOW,
  description: 'Three tasks, one after the other.',
  tasks: [
    { name: 'prepare', type: 'shell', script: 'echo "Preparing"; sleep 1' },
    {
      name: 'work',
      type: 'shell',
      script: 'for i in 1 2 3; do echo "step $i of 3"; sleep 0.3; done',
      dependsOn: ['prepare'],
    },
    { name: 'report', type: 'shell', script: 'echo "Done: open a task to read its log"', dependsOn: ['work'] },
  ],
};

/** What was made by an earlier press is taken, so that pressing twice makes nothing twice. */
export async function runFirstExample(
  api: Pick<VaquitaClient, 'projects' | 'workflows'>,
): Promise<{ readonly project: string; readonly run: string }> {
  const projects = (await api.projects.list({ limit: 500 })).items;
  const examples = projects.find(({ name }) => name === PROJECT) ?? (await api.projects.create({ name: PROJECT }));
  const { items } = await api.workflows.list(examples.name, { limit: 500 });
  const known = items.find(({ name }) => name === WORKFLOW);
  if (known === undefined) await api.workflows.create(examples.name, DEFINITION);
  if (known?.online !== true) await api.workflows.online(examples.name, WORKFLOW);
  const { id } = await api.workflows.start(examples.name, WORKFLOW);
  return { project: examples.name, run: id };
}
