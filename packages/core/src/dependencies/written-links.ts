/** Which other workflows a document names: those that its tasks start, and those that they wait for. */
import type { WorkflowDocument } from '../definition/definition.ts';
import { leavesOf, type Written } from '../definition/task-types/relation-tree.ts';

export const LINK_TASK_TYPES = ['dependent', 'sub_workflow', 'dynamic'] as const;
export type LinkTaskType = (typeof LINK_TASK_TYPES)[number];

/** One place of a document that names another workflow. */
export interface WrittenLink {
  readonly kind: LinkTaskType;
  readonly task: string;
  /** False: the task is passed over. */
  readonly enabled: boolean;
  /** Name or id. Null: the project of the document. */
  readonly project: string | null;
  /** Name or id. */
  readonly workflow: string;
  /** Of a `dependent` task: which task it waits for, null for the run as a whole, and which runs. */
  readonly ofTask: string | null;
  readonly range: string | null;
}

interface NamedWorkflow {
  readonly workflow: string;
  readonly project?: string;
  readonly task?: string;
  readonly range?: string;
}

interface LinkingTask extends NamedWorkflow {
  readonly name: string;
  readonly type: string;
  readonly enabled?: boolean;
  readonly on?: Written<NamedWorkflow>;
}

/** In the order of the document. @param document one that has passed the parser */
export function writtenLinks(document: WorkflowDocument): readonly WrittenLink[] {
  const tasks = (document.tasks ?? []) as readonly LinkingTask[];
  return tasks.flatMap((task) => {
    const kind = LINK_TASK_TYPES.find((type) => type === task.type);
    if (kind === undefined) return [];
    const said = { kind, task: task.name, enabled: task.enabled !== false };
    if (kind !== 'dependent') return [toLink(said, { ...task, task: undefined, range: undefined })];
    return task.on === undefined ? [] : leavesOf(task.on, 'on').map(({ item }) => toLink(said, item));
  });
}

type Said = Pick<WrittenLink, 'kind' | 'task' | 'enabled'>;

function toLink(said: Said, named: { readonly [Key in keyof NamedWorkflow]: NamedWorkflow[Key] | undefined }) {
  const { project = null, workflow = '', task: ofTask = null, range = null } = named;
  return { ...said, project, workflow, ofTask, range };
}
