import { describe, expect, it } from 'vitest';
import { auditChanges } from './changes.ts';

describe('the changes of a record', () => {
  it('are the fields that were given, where they differ from what was', () => {
    const data = {
      ...{ id: 'p1', via: 'session', name: 'etl', description: 'new' },
      before: { name: 'etl', description: 'old', params: [] },
    };
    expect(auditChanges(data, false)).toEqual({
      changed: [{ path: 'description', before: 'old', after: 'new' }],
      told: [],
    });
  });

  it('go down to the part that differs', () => {
    const data = {
      entries: [{ day: '2026-01-01' }, { day: '2026-05-01', in: true }],
      window: { from: null, until: 5 },
      before: { entries: [{ day: '2026-01-01' }, { day: '2026-05-01', in: false }], window: { from: 3, until: 5 } },
    };
    expect(auditChanges(data, false).changed).toEqual([
      { path: 'entries[1].in', before: 'false', after: 'true' },
      { path: 'window.from', before: '3', after: undefined },
    ]);
  });

  it('are all that was there when it is gone', () => {
    expect(auditChanges({ id: 'g', before: { size: 3, open: true } }, true).changed).toEqual([
      { path: 'size', before: '3', after: undefined },
      { path: 'open', before: 'true', after: undefined },
    ]);
  });

  it('are none where nothing was there before; what it says is told', () => {
    expect(auditChanges({ id: 'r', version: 4, via: 'token', tokenId: 't' }, false)).toEqual({
      changed: [],
      told: [{ name: 'version', value: '4' }],
    });
  });
});
