import { describe, expect, it } from 'vitest';
import { readOutputs } from './signal-outputs.ts';

describe('readOutputs', () => {
  it('reads one output a line, and passes over empty lines', () => {
    expect(readOutputs('rows = 12\n\nwhere=a=b\nempty=')).toEqual({ outputs: { rows: '12', where: 'a=b', empty: '' } });
    expect(readOutputs('')).toEqual({ outputs: {} });
  });
  it('names the line that is none', () => {
    expect(readOutputs('rows=1\nrows')).toEqual({ badLine: 2 });
    expect(readOutputs('=1')).toEqual({ badLine: 1 });
  });
});
