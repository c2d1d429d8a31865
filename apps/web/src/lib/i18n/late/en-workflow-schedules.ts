/** English texts of schedules on the pages of workflows and runs. */
export const enWorkflowSchedules = {
  add: 'Add one',
  all: 'All of them',
  none: 'It is started by hand only.',
  next: 'Next',
  nothing: 'No fire time lies ahead',
  offline: 'Offline',
  origin: { schedule: 'schedule', backfill: 'backfill', trigger: 'trigger' },
};

export type WorkflowScheduleMessages = typeof enWorkflowSchedules;
