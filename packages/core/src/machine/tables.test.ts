import { expect, test } from 'vitest';
import { TASK_EVENT_TYPES, WORKFLOW_EVENT_TYPES } from './events.ts';
import { TASK_STATES, WORKFLOW_STATES } from './states.ts';
import { TASK_TABLE } from './task-machine.ts';
import { WORKFLOW_TABLE } from './workflow-machine.ts';

test('every cell of both tables is decided: a handler, or a reason why nothing happens', () => {
  for (const [table, states, events] of [
    [WORKFLOW_TABLE, WORKFLOW_STATES, WORKFLOW_EVENT_TYPES],
    [TASK_TABLE, TASK_STATES, TASK_EVENT_TYPES],
  ] as const) {
    expect(Object.keys(table).sort()).toEqual(Object.keys(states).sort());
    for (const [state, row] of Object.entries(table)) {
      expect(Object.keys(row).sort(), state).toEqual([...events].sort());
      for (const [event, cell] of Object.entries<
        { ignore: string } | { refuse: string } | ((...args: never[]) => void)
      >(row)) {
        if (typeof cell === 'function') continue;
        const why = 'ignore' in cell ? cell.ignore : cell.refuse;
        expect(why.length, `${state} × ${event}`).toBeGreaterThan(5);
      }
    }
  }
});

test('no ended task instance changes but by somebody’s word: its cells acknowledge, give back or refuse', () => {
  const harmless = new Set(['acknowledgeAgain', 'releaseDispatch', 'forceSuccess']);
  for (const [state, { terminal }] of Object.entries(TASK_STATES)) {
    if (!terminal) continue;
    for (const cell of Object.values(TASK_TABLE[state as keyof typeof TASK_STATES])) {
      if (typeof cell === 'function') expect(harmless.has(cell.name), `${state}: ${cell.name}`).toBe(true);
    }
  }
});

const GOES_ON = {
  success: ['RerunWorkflow', 'RerunFrom', 'RetryWorkflow'],
  failure: ['RecoverFailed', 'RerunWorkflow', 'RerunFrom', 'RetryWorkflow'],
  stopped: ['ResumeWorkflow', 'RecoverFailed', 'RerunWorkflow', 'RerunFrom', 'RetryWorkflow'],
};

test('a run that has ended goes on only by a command', () => {
  for (const state of ['success', 'failure', 'stopped'] as const) {
    const handled = Object.entries(WORKFLOW_TABLE[state]).filter(([, cell]) => typeof cell === 'function');
    const byCommand = handled.map(([event]) => event).filter((event) => event !== 'TurnGranted');
    expect(byCommand).toEqual(GOES_ON[state]);
  }
});
