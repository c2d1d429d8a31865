import { describe, expect, it } from 'vitest';
import { outlineOf } from './document.ts';
import { asCommand, asCurl, shellWord } from './equivalent.ts';
import { changedParams, checkParam, controlOf } from './params.ts';

const param = (type: string, value?: string) => ({ name: 'p', type, value, description: '' });

describe('outlineOf', () => {
  it('reads a definition', () => {
    const outline = outlineOf({
      name: 'w',
      params: [{ name: 'year', type: 'integer', value: 2020 }],
      timeout: { after: '2h' },
      tasks: [
        { name: 'a', type: 'shell', script: 'echo' },
        { name: 'b', type: 'sql', dependsOn: ['a'], enabled: false, retry: { times: 3 } },
      ],
    });
    expect(outline.params).toEqual([{ name: 'year', type: 'integer', value: '2020', description: '' }]);
    expect(outline.tasks[0]?.settings).toEqual([['script', 'echo']]);
    expect(outline.tasks[1]).toMatchObject({ dependsOn: ['a'], enabled: false, muted: true, retryTimes: 3 });
    expect(outline.timeout).toBe('2h');
  });

  it.each([null, 7, 'x', [], { tasks: 'no' }, { tasks: [null, 3, { name: {}, dependsOn: 'a' }] }])(
    'copes with %j',
    (document) => expect(() => outlineOf(document)).not.toThrow(),
  );
});

describe('parameters', () => {
  it('gives each type its control, and any text to a default that is worked out later', () => {
    expect(controlOf(param('integer', '3'))).toBe('number');
    expect(controlOf(param('boolean'))).toBe('boolean');
    expect(controlOf(param('json'))).toBe('multiline');
    expect(controlOf(param('date', '2026-01-01'))).toBe('date');
    expect(controlOf(param('date', '$[yyyy-MM-dd-1]'))).toBe('text');
    expect(controlOf(param('unheard-of'))).toBe('text');
  });

  it.each([
    ['integer', '42', undefined],
    ['integer', '4.2', 'badInteger'],
    ['float', '4.2', undefined],
    ['float', 'x', 'badFloat'],
    ['json', '{"a":1}', undefined],
    ['json', '{', 'badJson'],
    ['list', '[1]', undefined],
    ['list', '{}', 'badList'],
    ['date', '2026-11-21', undefined],
    ['date', '21.11.', 'badDate'],
    ['date', '$[yyyy-MM-dd]', undefined],
    ['string', '', 'needed'],
  ])('%s %j: %s', (type, value, problem) => expect(checkParam(param(type), value)).toBe(problem));

  it('needs nothing where there is a default', () => expect(checkParam(param('integer', '3'), '')).toBeUndefined());

  it('sends only what was changed', () => {
    const params = [
      { ...param('string', 'x'), name: 'same' },
      { ...param('string', 'x'), name: 'other' },
      { ...param('string', 'x'), name: 'emptied' },
      { ...param('string'), name: 'given' },
    ];
    expect(changedParams(params, { same: 'x', other: 'y', emptied: '', given: 'z' })).toEqual({
      other: 'y',
      emptied: '',
      given: 'z',
    });
  });
});

describe('the same from elsewhere', () => {
  it('quotes for a shell', () => {
    expect(shellWord('plain/word=1')).toBe('plain/word=1');
    expect(shellWord("it's $HOME")).toBe(`'it'\\''s $HOME'`);
  });
  it('writes a command line and an HTTP call', () => {
    const start = { params: { date: '2026-01-01', note: 'a b' } };
    expect(asCommand('http://127.0.0.1:8080', 'examples', 'w', start)).toBe(
      "npx vaquita run examples/w --param date=2026-01-01 --param 'note=a b' --follow",
    );
    expect(
      asCommand('https://v.example', 'examples', 'w', {
        startTasks: ['a', 'b c'],
        scope: 'only',
        failureStrategy: 'end',
        priority: 'high',
        workerGroup: 'gpu',
        alertOn: 'all',
        alertGroup: 'night',
        version: 3,
        timeout: '2h',
        dryRun: true,
      }),
    ).toBe(
      "npx vaquita run examples/w --task a --task 'b c' --scope only --failure-strategy end --priority high " +
        '--worker-group gpu --alert-on all --alert-group night --version 3 --timeout 2h --dry-run --server https://v.example --follow',
    );
    expect(asCurl('https://v.example', 'my project', 'w', start)).toContain(
      '/projects/my%20project/workflows/w/instances',
    );
  });
});
