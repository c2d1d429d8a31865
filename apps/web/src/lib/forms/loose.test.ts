import { describe, expect, it } from 'vitest';
import { entriesOf } from './entries.ts';
import { fieldsOf } from './fields.ts';
import { looseText, looseValue } from './loose.ts';

const schema = {
  type: 'object',
  properties: {
    cases: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          when: { type: 'string' },
          then: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
        },
        required: ['when'],
      },
    },
    retry: { type: 'object', properties: { times: { type: 'integer' }, interval: { type: 'string' } } },
    statuses: { type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'string' }] } },
    tree: { $ref: '#/$defs/tree' },
    script: { type: 'string', maxLength: 200_000 },
    on: { type: 'boolean', default: true },
    method: { type: 'string', enum: ['GET', 'PUT'], default: 'GET' },
  },
};

const fields = fieldsOf(schema, {}, true);

describe('fields of nested schemas', () => {
  it('have a control for each kind, and JSON for what has none', () => {
    expect(fields.map(({ key, kind }) => [key, kind])).toEqual([
      ['cases', 'rows'],
      ['retry', 'group'],
      ['statuses', 'list'],
      ['tree', 'json'],
      ['script', 'multiline'],
      ['on', 'switch'],
      ['method', 'choice'],
    ]);
    expect(fieldsOf(schema).map(({ kind }) => kind)).toEqual([
      'json',
      'json',
      'json',
      'json',
      'text',
      'switch',
      'choice',
    ]);
  });

  it('give back the values that they show', () => {
    const values = {
      cases: [
        { when: 'a', then: 'x' },
        { when: 'b', then: ['x', 'y'] },
      ],
      retry: { times: 3, interval: '10s' },
      statuses: [204, '200-299'],
      tree: { all: [{ task: 'a' }] },
      script: 'echo\n',
      on: false,
      method: 'PUT',
    };
    const entries = entriesOf(fields, values);
    expect(Object.fromEntries(fields.map((field) => [field.key, looseValue(field, entries[field.key]!)]))).toEqual(
      values,
    );
  });

  it('leave out what is empty or means what is meant without it', () => {
    const entries = entriesOf(fields, { on: true });
    expect(fields.map((field) => looseValue(field, entries[field.key]!))).toEqual(fields.map(() => undefined));
  });

  it('lose nothing that is entered, right or wrong', () => {
    const [number] = fieldsOf({ properties: { n: { type: 'integer' } } });
    const entry = (text: string) => ({ text, on: false, pairs: [], intent: 'replace' as const });
    expect(['12', 'many', ' '].map((text) => looseValue(number!, entry(text)))).toEqual([12, 'many', undefined]);
    const tree = fields[3]!;
    expect(['{"a": 1}', '{a', 'text'].map((text) => looseValue(tree, entry(text)))).toEqual([{ a: 1 }, '{a', 'text']);
    for (const value of ['{a', 'text', '12', 'true', 12, ['x']])
      expect(looseValue(tree, entry(looseText(value)))).toEqual(value);
  });
});
