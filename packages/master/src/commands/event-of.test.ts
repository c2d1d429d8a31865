import { COMMAND_KINDS, type CommandRow } from '@vaquita/core';
import { expect, test } from 'vitest';
import { eventOf } from './event-of.ts';

const command = (more: Partial<CommandRow>) => ({ id: 'c', createdBy: 'ada', payload: {}, ...more }) as CommandRow;

test('every kind of command is an event that names the command', () => {
  const types = COMMAND_KINDS.map((kind) => {
    const event = eventOf(command({ kind }));
    expect(event).toMatchObject({ commandId: 'c' });
    return event.type;
  });
  expect(new Set(types).size).toBe(COMMAND_KINDS.length);
});

test('takes over what the command says', () => {
  expect(eventOf(command({ kind: 'rerun_from', payload: { tasks: ['a'], params: { day: 1 } } }))).toEqual({
    type: 'RerunFrom',
    commandId: 'c',
    by: 'ada',
    tasks: ['a'],
    params: { day: '1' },
  });
  expect(eventOf(command({ kind: 'signal', payload: { name: 'go', outputs: { n: '2' } } }))).toMatchObject({
    name: 'go',
    outputs: { n: '2' },
  });
  expect(eventOf(command({ kind: 'approve_task', payload: { taskInstanceId: 't' } }))).toMatchObject({
    taskInstanceId: 't',
    comment: '',
  });
});
