import { describe, expect, it } from 'vitest';
import { isExpectedStatus } from './http.ts';
import { isLogicType, LOGIC_TASK_TYPES, TASK_TYPES, taskTypeJsonSchema } from './registry.ts';

describe('task types', () => {
  it.each(Object.entries(TASK_TYPES))('%s has a schema for forms and a description', (_, type) => {
    const schema = taskTypeJsonSchema(type);
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(schema.properties as object).length).toBeGreaterThan(0);
    expect(type.description).toMatch(/\.$/);
    expect(() => JSON.stringify(schema)).not.toThrow();
  });

  it('does not ask for settings that have defaults', () => {
    expect(taskTypeJsonSchema(TASK_TYPES.http).required).toEqual(['url']);
    expect(taskTypeJsonSchema(TASK_TYPES.noop).required).toBeUndefined();
  });

  it('tells logic types from those that a worker runs', () => {
    expect(Object.keys(TASK_TYPES).filter(isLogicType)).toEqual(Object.keys(LOGIC_TASK_TYPES));
    expect(Object.keys(LOGIC_TASK_TYPES)).toHaveLength(7);
    expect(isLogicType('constructor')).toBe(false);
  });

  it('knows which statuses are expected', () => {
    const expected = [204, '300-302', '418'];
    const good = [204, 300, 301, 302, 418];
    expect([200, ...good, 303, 417, 500].filter((status) => isExpectedStatus(status, expected))).toEqual(good);
  });
});
