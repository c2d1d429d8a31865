/** Definitions as files: a bundle for each project, and so many workflows in each as one address can name. */
import type { ListedWorkflow } from '@vaquita/client';
import { api } from '#lib/data/api.ts';
import { saveFile } from '#lib/runs/list/export.ts';

const AT_MOST = 200;

export async function saveBundles(workflows: readonly ListedWorkflow[]): Promise<void> {
  for (const [project, own] of Map.groupBy(workflows, ({ projectName }) => projectName)) {
    for (let at = 0; at < own.length; at += AT_MOST) {
      const ids = own.slice(at, at + AT_MOST).map(({ id }) => id);
      const text = await api.workflows.exportBundle(project, { workflow: ids });
      saveFile(`${project}${at === 0 ? '' : `-${at / AT_MOST + 1}`}.yaml`, 'application/yaml', text);
    }
  }
}

export async function saveProject(project: string): Promise<void> {
  saveFile(`${project}.yaml`, 'application/yaml', await api.workflows.exportBundle(project));
}
