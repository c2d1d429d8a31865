/** English texts of the page that searches. */
export const enSearch = {
  title: 'Search',
  field: 'Name or id',
  placeholder: 'How a name begins, an id, or name#12',
  tips: 'Find anything by its name or its id',
  tipsText:
    'Type how the name of a project, workflow, schedule, trigger, group or worker begins; paste the id of a run or of a task; or write a run as name#12.',
  none: (text: string) => `Nothing begins with “${text}”`,
  noneText: 'Names are found by how they begin. Try fewer letters, or the list of all runs.',
  toRuns: 'To the runs',
  found: (n: number) => (n === 1 ? '1 found' : `${n} found`),
  kinds: {
    run: 'Runs',
    task: 'Tasks of runs',
    workflow: 'Workflows',
    project: 'Projects',
    schedule: 'Schedules',
    trigger: 'Triggers',
    task_group: 'Task groups',
    worker_group: 'Worker groups',
    worker: 'Workers',
  },
};

export type SearchMessages = typeof enSearch;
