import { expect, test } from 'vitest';
import { outputParams, payloadParams } from './mapped-params.ts';
import { MAX_PAYLOAD_STEPS, parsePayloadPath } from './payload-path.ts';

const body = {
  order: { id: 'A-1', total: 12.5, paid: true, lines: [{ 'unit price': 3 }, 'x'] },
  note: null,
  text: 'gimme ${secret}',
  'a.b': { "it's": 'odd' },
};

test.each([
  ['$.order.id', 'A-1'],
  ['$.order.total', '12.5'],
  ['$.order.paid', 'true'],
  ['$.order.lines[0]["unit price"]', '3'],
  ["$.order.lines[0]['unit price']", '3'],
  ['$["order"].lines[1]', 'x'],
  ['$["a.b"]["it\'s"]', 'odd'],
  ["$['a.b']['it\\'s']", 'odd'],
  ['$.order.lines', '[{"unit price":3},"x"]'],
])('%s gives %s', (path, value) => {
  expect(payloadParams({ p: path }, body)).toEqual({ params: { p: value }, problems: [] });
});

test('$ gives the whole body', () => {
  expect(payloadParams({ p: '$' }, [1, 2]).params).toEqual({ p: '[1,2]' });
});

test.each([
  ['$.order.nothing', 'nothing at'],
  ['$.order.id.length', 'nothing at'],
  ['$.order.lines[2]', 'nothing at'],
  ['$.order.lines["0"]', 'nothing at'],
  ['$.order.lines.length', 'nothing at'],
  ['$.order[0]', 'nothing at'],
  ['$.__proto__', 'nothing at'],
  ['$.order.constructor.name', 'nothing at'],
  ['$.note', 'null'],
  ['$.text', 'placeholder'],
])('%s gives no value, and says so at the parameter', (path, words) => {
  const { params, problems } = payloadParams({ p: path, id: '$.order.id' }, body);
  expect(params).toEqual({ id: 'A-1' });
  expect(problems).toEqual([{ path: 'params.p', message: expect.stringContaining(words) }]);
});

test.each([undefined, null, 'text', 5])('a body that is %j has no places', (payload) => {
  expect(payloadParams({ p: '$.a' }, payload).problems).toHaveLength(1);
});

test.each(['order.id', '', '$.', '$..a', '$.a[', '$.a[-1]', '$.a[x]', '$.a["b]', '$.a b', `$${'.a'.repeat(60)}`])(
  '%s is no path',
  (path) => {
    expect(parsePayloadPath(path)).toEqual({ problem: expect.any(String) });
  },
);

test('a path says at which character it goes wrong', () => {
  expect(parsePayloadPath('$.order[x]')).toEqual({ problem: expect.stringContaining('At character 8') });
  expect(parsePayloadPath(`$${'.a'.repeat(MAX_PAYLOAD_STEPS)}`)).toHaveProperty('steps');
});

test('outputs are taken by name, and one that is not there is named with what is like it', () => {
  expect(outputParams({ file: 'path' }, { path: '/a', rows: '3' })).toEqual({ params: { file: '/a' }, problems: [] });
  const { problems } = outputParams({ file: 'paht' }, { path: '/a' });
  expect(problems).toEqual([{ path: 'params.file', message: expect.stringMatching(/no "paht".*path/) }]);
  expect(outputParams({ file: 'toString' }, {}).problems).toHaveLength(1);
  expect(outputParams({ file: 'path' }, { path: '$[yyyyMMdd]' }).problems).toHaveLength(1);
});
