import { describe, expect, it } from 'vitest';
import { evidenceLines } from './evidence.ts';

const A = '01kaj000000000000000000000';
const B = '01kaj000000000000000000001';

describe('evidenceLines', () => {
  it('links runs under their names', () => {
    expect(evidenceLines({ limit: 2, holders: `${A}, ${B}`, holderNumbers: '#3, #4' })).toEqual([
      { key: 'limit', parts: [{ text: '2' }] },
      {
        key: 'holders',
        parts: [
          { text: '#3', link: { to: 'run', id: A } },
          { text: '#4', link: { to: 'run', id: B } },
        ],
      },
    ]);
    expect(evidenceLines({ child: A })).toEqual([{ key: 'child', parts: [{ text: A, link: { to: 'run', id: A } }] }]);
  });
  it('links a task group', () => {
    expect(evidenceLines({ taskGroup: 'db' })[0]?.parts).toEqual([{ text: 'db', link: { to: 'group', id: 'db' } }]);
  });
  it('leaves as text what is no id', () => {
    expect(evidenceLines({ holders: 'daily#3 (running)', none: null })).toEqual([
      { key: 'holders', parts: [{ text: 'daily#3 (running)' }] },
    ]);
  });
  it('repeats nothing of the sentence it stands beside', () => {
    const text = '"load" failed: no such table';
    const lines = evidenceLines({ failedTasks: 1, cause: 'no such table', exitCode: 1, by: 'ann' }, [text]);
    expect(lines.map(({ key }) => key)).toEqual(['failedTasks', 'by']);
  });
  it('tells a worker by its name, and when it was heard of as a moment', () => {
    const at = '2026-11-21T10:00:00.000Z';
    expect(evidenceLines({ worker: 'w1', workerId: A, lastHeardAt: at })).toEqual([
      { key: 'worker', parts: [{ text: 'w1' }] },
      { key: 'lastHeardAt', parts: [{ text: at }], at },
    ]);
  });
});
