/** English names of the task types. A type that this build does not know keeps its own. */
export const enTaskTypes: Readonly<Record<string, string>> = {
  shell: 'Shell',
  node: 'JavaScript',
  http: 'HTTP',
  sql: 'SQL',
  noop: 'Marker',
  sub_workflow: 'Sub-workflow',
  switch: 'Switch',
  conditions: 'Conditions',
  dependent: 'Dependent',
  dynamic: 'Dynamic',
  approval: 'Approval',
  wait: 'Wait',
};

export type TaskTypeMessages = typeof enTaskTypes;
