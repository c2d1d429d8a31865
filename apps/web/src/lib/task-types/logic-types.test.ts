import { isLogicType, TASK_TYPES } from '@vaquita/core';
import { expect, it } from 'vitest';
import { enTaskTypes } from '#lib/i18n/late/en-task-types.ts';
import { zhTaskTypes } from '#lib/i18n/late/zh-task-types.ts';
import { isLogicTask } from './logic-types.ts';

it.each(Object.keys(TASK_TYPES))('knows %s as the engine does, and has a name for it in both languages', (type) => {
  expect(isLogicTask(type)).toBe(isLogicType(type));
  expect(enTaskTypes[type]).toBeDefined();
  expect(zhTaskTypes[type]).toBeDefined();
});
