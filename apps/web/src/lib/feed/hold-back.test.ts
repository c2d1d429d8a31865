import { describe, expect, it } from 'vitest';
import { holdBack } from './hold-back.ts';

describe('holdBack', () => {
  const rows = ['5', '4', '3', '2'].map((id) => ({ id }));
  it('holds new rows back until they are asked for', () => {
    expect(holdBack(rows, '3')).toEqual({ shown: rows.slice(2), fresh: 2 });
  });
  it('shows everything on the first sight, and when the top row is gone', () => {
    expect(holdBack(rows, null)).toEqual({ shown: rows, fresh: 0 });
    expect(holdBack(rows, 'x')).toEqual({ shown: rows, fresh: 0 });
  });
});
