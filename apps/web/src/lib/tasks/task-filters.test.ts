import { TASK_STATES } from '@vaquita/core';
import { expect, it } from 'vitest';
import { TASK_FILTERS } from './task-filters.ts';

it('finds every state of a task by one filter', () => {
  const found = Object.values(TASK_FILTERS).flat();
  expect(found.toSorted()).toEqual(Object.keys(TASK_STATES).toSorted());
});
