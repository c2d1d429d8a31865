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
      { key: 'none', parts: [{ text: 'null' }] },
    ]);
  });
});
