/** English texts of what can be asked of a run and of its tasks. A part of its own: only the run page needs them. */
import { plural } from '../en-count.ts';

export const enControl = {
  actions: 'What can be done with this run',
  comment: 'Comment',
  commentHint: 'Kept with the decision and in the audit log.',
  refused: (why: string) => `It was not done: ${why}`,
  run: {
    pause: 'Pause',
    pauseHint: 'What runs goes on to its end, nothing new starts',
    pauseAsked: 'Pause is on its way.',
    resume: 'Resume',
    resumeHint: 'Go on where it was',
    resumeAsked: 'The run goes on.',
    recover: 'Recover failed',
    recoverHint: 'Do the failed and killed tasks again, and what follows them',
    recoverAsked: 'The failed tasks are done again.',
    rerun: 'Run again',
    rerunTitle: (name: string) => `Run ${name} again?`,
    rerunText: (n: number) =>
      `All ${plural(n, 'task', 'tasks')} start again from the beginning, with the same parameters.`,
    rerunVerb: 'Run again',
    rerunAsked: 'The run begins again.',
    stop: 'Stop',
    stopTitle: (name: string) => `Stop ${name}?`,
    stopText: (running: number, waiting: number) =>
      `${plural(running, 'task', 'tasks')} running now will be killed, ${plural(waiting, 'task', 'tasks')} will not start. Finished tasks keep their result.`,
    stopVerb: 'Stop the run',
    stopAsked: 'Stop is on its way.',
    retry: 'Try again',
    retryAsked: 'The engine tries again.',
    signal: 'Send a signal',
  },
  signal: {
    title: (name: string) => `Send a signal to ${name}`,
    name: 'Signal',
    outputs: 'Outputs of the task',
    outputsHint: 'One a line, as name=value. Those that the task declares become its outputs.',
    badLine: (line: number) => `Line ${line} is not name=value.`,
    send: 'Send',
    sent: 'The signal is on its way.',
  },
  rerunTasks: {
    open: 'Run again from…',
    title: 'Run again from some tasks',
    verb: 'Run again',
    asked: 'The run goes on from there.',
    tasks: 'Tasks',
    noTask: 'Choose at least one task.',
    after: (n: number, after: number) =>
      after === 0
        ? `${plural(n, 'task is', 'tasks are')} done again; their results until now are replaced.`
        : `${plural(n, 'task', 'tasks')} and ${plural(after, 'task', 'tasks')} after them are done again; their results until now are replaced.`,
    params: 'Parameters',
    paramsHint: 'As in the run until now. What you change holds for all that is done again.',
  },
  setAside: {
    title: 'The engine has set this run aside',
    text: 'Nothing of it goes on until somebody tries again or stops it.',
  },
  task: {
    rerunFrom: 'Run again from here',
    rerunFromTitle: (name: string) => `Run again from ${name}?`,
    rerunFromText: (name: string, n: number) =>
      n === 0
        ? `${name} is done again; its result until now is replaced.`
        : `${name} and ${plural(n, 'task', 'tasks')} after it are done again; their results until now are replaced.`,
    rerunFromVerb: 'Run again from here',
    rerunFromAsked: 'The run goes on from there.',
    kill: 'Kill',
    killTitle: (name: string) => `Kill ${name}?`,
    killText: (worker: string) =>
      `The whole process group of this task on ${worker} is ended. The run goes on as after any failed task.`,
    killHereText: 'The task ends as killed. The run goes on as after any failed task.',
    killChildrenText: 'The runs that this task started are stopped, and the task ends as killed.',
    killVerb: 'Kill the task',
    killAsked: 'Kill is on its way.',
    forceSuccess: 'Count as success',
    forceSuccessTitle: (name: string) => `Count ${name} as a success?`,
    forceSuccessText: 'It stays as it ended, with its log, but what follows it goes on as after a success.',
    forceSuccessVerb: 'Count as success',
    forceSuccessAsked: 'The task counts as a success.',
    forceStart: 'Start without a slot',
    forceStartTitle: (name: string) => `Start ${name} without a slot?`,
    forceStartText: (group: string) =>
      `It goes on although the task group ${group} has no slot for it, so more of its tasks run at once than the group allows.`,
    forceStartVerb: 'Start it',
    forceStartAsked: 'The task goes on without a slot.',
  },
  approval: {
    title: 'Approval',
    approve: 'Approve',
    approveAsked: 'Approved.',
    reject: 'Reject',
    rejectTitle: (name: string) => `Reject ${name}?`,
    rejectText: 'The task fails. What needs it will not start.',
    rejectVerb: 'Reject',
    rejectAsked: 'Rejected.',
    approvedBy: (name: string) => `Approved by ${name}`,
    rejectedBy: (name: string) => `Rejected by ${name}`,
  },
  logic: {
    chosen: 'Chosen',
    chosenNone: 'no branch',
    child: 'Run it started',
    children: (n: number) => plural(n, 'run', 'runs'),
    noChild: 'It has not started a run yet.',
    open: 'Open the run',
    met: 'Found so far',
    metNone: 'Nothing of what it depends on has succeeded yet.',
    until: 'Waits until',
    signal: 'Waits for the signal',
    childState: {
      waiting: 'Waiting',
      started: 'Running',
      success: 'Success',
      failure: 'Failed',
      stopped: 'Stopped',
      paused: 'Paused',
    },
  },
};

export type ControlMessages = typeof enControl;
