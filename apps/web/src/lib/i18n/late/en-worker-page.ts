/** English texts of the page of one worker. */
export const enWorkerPage = {
  facts: 'Worker',
  state: 'State',
  connected: 'Connected since',
  session: 'Session timeout',
  figures: 'Figures',
  figuresHint: 'Of the last 15 minutes, collected while this page is open.',
  collecting: 'They appear with its next heartbeats.',
  cpu: 'CPU',
  memory: 'Memory',
  disk: 'Disk',
  used: 'Slots in use',
  load: 'Load',
  answer: 'Answer to a heartbeat',
  line: (name: string, now: string, least: string, most: string) => `${name}: ${now} now, ${least} to ${most}`,
  running: 'Running now',
  runningNone: 'It runs nothing at the moment.',
  latest: 'Latest tasks',
  latestNone: 'It has not been sent a task yet.',
  allTasks: 'All its tasks',
  older: 'Older tasks',
  record: 'Registry',
  recordHint: 'When it joined and left, as the registry has it of the last hours.',
  recordNone: 'Nothing in the last hours.',
  kinds: { added: 'Joined', updated: 'Changed', removed: 'Left' },
};

export type WorkerPageMessages = typeof enWorkerPage;
