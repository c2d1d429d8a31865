/** SQL with lists, against what Apache DolphinScheduler (commit 7e0095dca1) was recorded to make of it. */
import { describe, expect, it } from 'vitest';
import { parseScript } from './statements.ts';

const TIME = { businessTime: 0, timezone: 'UTC' };
const params = { col1: '["c1","c2","c3"]', date: '2020-06-30', col2: '[3.1415,2.44,3.44]' };

describe('values in SQL against the recorded results of the reference', () => {
  it('binds what stands in quotes, with the quotes, in order', () => {
    const script = "select * from test where col1 in ('${col1}') and date='${date}' and col2 in ('${col2}')";
    const { statements, problems, warnings } = parseScript(script, params, TIME);
    expect([problems, warnings]).toEqual([[], []]);
    expect(statements.map(({ sql }) => sql)).toEqual([
      'select * from test where col1 in (?,?,?) and date=? and col2 in (?,?,?)',
    ]);
    expect(statements[0]?.values.map(({ value }) => value)).toEqual([
      ...JSON.parse(params.col1),
      params.date,
      ...JSON.parse(params.col2),
    ]);
  });

  it('binds a list of one entry as one value', () => {
    const script = "select * from test where col1 in ('${col1}') and date='${date}'";
    expect(parseScript(script, { ...params, col1: '["c1"]' }, TIME).statements).toEqual([
      {
        sql: 'select * from test where col1 in (?) and date=?',
        values: [
          { type: 'text', value: 'c1' },
          { type: 'text', value: '2020-06-30' },
        ],
      },
    ]);
  });

  it('binds a list as one value where the script takes it apart', () => {
    const script = 'select * from test where col1 in (select value from json_each(${col1}))';
    expect(parseScript(script, params, TIME).statements).toEqual([
      {
        sql: 'select * from test where col1 in (select value from json_each(?))',
        values: [{ type: 'text', value: params.col1 }],
      },
    ]);
  });
});
