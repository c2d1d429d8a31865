import type { InstanceView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { keepColumns, readColumns, USUAL_COLUMNS } from './columns.ts';
import { runsToCsv, toCsv } from './export.ts';
import { isSameQuery, keepViews, readViews, withView } from './views.ts';

function storageOf(kept: Record<string, string> = {}) {
  return () => ({
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      kept[key] = value;
    },
  });
}
const forbidden = () => {
  throw new Error('forbidden');
};

describe('views', () => {
  it('are kept, replaced by name, and read again', () => {
    const storage = storageOf();
    const views = withView(withView([], { name: 'mine', query: { state: 'failed' } }), { name: 'b', query: {} });
    expect(keepViews(storage, withView(views, { name: 'mine', query: { project: 'etl' } }))).toBe(true);
    expect(readViews(storage)).toEqual([
      { name: 'mine', query: { project: 'etl' } },
      { name: 'b', query: {} },
    ]);
  });

  it('that are no views, or cannot be kept, do no harm', () => {
    const text = JSON.stringify([{ name: 'a', query: { state: 'x', evil: 1 } }, 7, null, { name: 3, query: {} }]);
    expect(readViews(storageOf({ 'vaquita.runs.views': text }))).toEqual([{ name: 'a', query: { state: 'x' } }]);
    expect(readViews(storageOf({ 'vaquita.runs.views': '{' }))).toEqual([]);
    expect(readViews(forbidden)).toEqual([]);
    expect(keepViews(forbidden, [])).toBe(false);
  });

  it('are the same when all their words are', () => {
    expect(isSameQuery({ state: 'failed' }, { state: 'failed', project: undefined })).toBe(true);
    expect(isSameQuery({ state: 'failed' }, { state: 'failed', within: '24h' })).toBe(false);
  });
});

describe('columns', () => {
  it('are kept in their own order, without those that are not known', () => {
    const storage = storageOf();
    expect(readColumns(storage)).toEqual(USUAL_COLUMNS);
    keepColumns(storage, ['by', 'created']);
    expect(readColumns(storage)).toEqual(['created', 'by']);
    expect(readColumns(storageOf({ 'vaquita.runs.columns': 'by,nonsense' }))).toEqual(['by']);
    expect(readColumns(forbidden)).toEqual(USUAL_COLUMNS);
    expect(() => keepColumns(forbidden, [])).not.toThrow();
  });
});

describe('files', () => {
  it('quote what needs it, and never hand a formula to a spreadsheet', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['x,"y"', '=1+1'],
          [-5, null],
        ],
      ),
    ).toBe('a,b\r\n"x,""y""",\'=1+1\r\n-5,\r\n');
  });

  it('hold a run in the words of the API', () => {
    const run = { id: 'r', workflowName: '日报', number: 3, state: 'failure', quarantine: null, origin: null };
    const [head, line] = runsToCsv([run as unknown as InstanceView]).split('\r\n');
    expect(head!.split(',')).toHaveLength(line!.split(',').length);
    expect(line).toContain('r,,日报,3,failure');
  });
});
