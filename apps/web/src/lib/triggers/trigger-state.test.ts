import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { TRIGGER_KINDS as KINDS, FILE_FIELDS as KNOWN } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { asDelivery, exampleBody, FILE_FIELDS, TRIGGER_KINDS, triggerState } from './trigger-state.ts';

describe('triggerState', () => {
  const fine = { online: true, workflowOnline: true, problem: null };
  it.each([
    [{}, 'on'],
    [{ problem: 'The worker group is gone.' }, 'problem'],
    [{ workflowOnline: false, problem: 'x' }, 'workflow_off'],
    [{ online: false, workflowOnline: false, problem: 'x' }, 'off'],
  ] as const)('%j: %s', (change, state) => expect(triggerState({ ...fine, ...change })).toBe(state));
});

describe('exampleBody', () => {
  it('has a value at each plain path', () => {
    expect(exampleBody({ id: '$.order.id', sum: '$.order.sum', shop: '$.shop' })).toBe(
      '{"order":{"id":"id","sum":"sum"},"shop":"shop"}',
    );
  });
  it('leaves out what is not plain, and does not touch the prototype of objects', () => {
    expect(exampleBody({ all: '$', first: '$.a[0]' })).toBe('{}');
    exampleBody({ bad: '$.__proto__.polluted' });
    expect('polluted' in {}).toBe(false);
  });
});

it('the example for a shell signs as the server checks', () => {
  const secret = "it's secret";
  const body = '{"a":"b c"}';
  const lines = asDelivery('http://127.0.0.1/api/v1/hooks/x', secret, body).split('\n');
  // All but the sending of it.
  const script = [...lines.slice(0, 4), 'echo "$T $SIGNATURE"'].join('\n');
  const [time, signature] = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
  expect(signature).toBe(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'));
});

it('offers the kinds that there are, and what a file has', () => {
  expect(TRIGGER_KINDS).toEqual(KINDS);
  expect(FILE_FIELDS).toEqual(KNOWN);
});
