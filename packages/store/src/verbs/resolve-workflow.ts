/** Finds the workflow that a task of another run means. Three reads that are not one unit: none can mislead the next. */
import type { ProjectStore, WorkflowStore } from '../ports/api.ts';
import type { OtherRunsStore } from '../ports/master.ts';

export interface DefinitionReads {
  readonly projects: Pick<ProjectStore, 'find'>;
  readonly workflows: Pick<WorkflowStore, 'find' | 'version'>;
}

export function createResolveWorkflow({ projects, workflows }: DefinitionReads): OtherRunsStore['resolveWorkflow'] {
  return async ({ ownProject, project, workflow, version }) => {
    const home = await projects.find(project ?? ownProject);
    if (home === undefined) return { missing: 'project' };
    const found = await workflows.find(home.id, workflow);
    if (found === undefined) return { missing: 'workflow' };
    const wanted = await workflows.version(found.id, version ?? found.version);
    return {
      projectId: home.id,
      projectName: home.name,
      workflowId: found.id,
      workflowName: found.name,
      version: wanted?.version ?? null,
      online: found.online,
      document: wanted?.document ?? null,
    };
  };
}
