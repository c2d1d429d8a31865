/** English texts of the page of projects. */
import { plural } from '../en-count.ts';

export const enProjects = {
  title: 'Projects',
  intro: 'A project is a namespace for workflows. Its parameters can be read by every task in it.',
  project: 'Project',
  parameters: 'Parameters',
  params: (n: number) => plural(n, 'parameter', 'parameters'),
  noParams: 'no parameters',
  changed: 'Changed',
  actions: 'Actions',
  newProject: 'New project',
  create: 'Create the project',
  save: 'Save',
  edit: (name: string) => `Change ${name}`,
  editTitle: (name: string) => `Change the project ${name}`,
  name: 'Name',
  nameHint: 'Short and lasting, such as “reports”: it stands in addresses.',
  description: 'What it is for',
  workflows: 'Workflows',
  runs: 'Runs',
  schedules: 'Schedules',
  dependencies: 'Dependencies',
  linksOf: (name: string) => `Pages of ${name}`,
  paramsNote: 'Tasks read them as ${name}. A new value counts for tasks that are sent to a worker after it.',
  paramAt: (n: number) => `Name of parameter ${n}`,
  typeOf: (name: string) => `Type of ${name}`,
  valueOf: (name: string) => `Value of ${name}`,
  removeParam: (name: string) => `Remove ${name}`,
  addParam: 'Add a parameter',
  noName: 'the new one',
  delete: 'Delete the project',
  deleteOf: (name: string) => `Delete ${name}`,
  deleteTitle: (name: string) => `Delete the project ${name}?`,
  deleteText:
    'Only an empty project can be deleted: first its workflows, environments, data sources and secrets. Its runs stay in the history.',
  deleteWord: 'Type the name of the project',
  emptyTitle: 'No project yet',
  emptyText: 'A project is a namespace for workflows. Give it a name, such as “reports”.',
};

export type ProjectMessages = typeof enProjects;
