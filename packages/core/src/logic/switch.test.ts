import { describe, expect, it } from 'vitest';
import type { SwitchConfig } from './configs.ts';
import { decideSwitch } from './switch.ts';

const config = (otherwise: readonly string[] | null): SwitchConfig => ({
  cases: [
    { when: '${rows} > 1000', then: ['large'] },
    { when: '${rows} > 10', then: ['medium', 'log'] },
  ],
  otherwise,
});

describe('decideSwitch', () => {
  it('takes the first case that is true, and says which and why', () => {
    expect(decideSwitch(config(null), { rows: '5000' })).toEqual({
      chosen: ['large'],
      why: 'Case 1 of 2 is true: ${rows} > 1000 (rows = "5000").',
    });
    expect(decideSwitch(config(null), { rows: '11' })).toMatchObject({ chosen: ['medium', 'log'] });
  });

  it('keeps its reason short', () => {
    const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
    const when = `${names.map((name) => `\${${name}} != ''`).join(' && ')} && ${'true && '.repeat(100)}true`;
    const values = Object.fromEntries(names.map((name) => [name, 'x'.repeat(1_000)]));
    const decided = decideSwitch({ cases: [{ when, then: ['a'] }], otherwise: null }, values);
    expect('why' in decided && decided.why.length).toBeLessThan(1_100);
  });

  it('takes otherwise when none is true; without one there is a problem', () => {
    expect(decideSwitch(config([]), { rows: '1' })).toEqual({
      chosen: [],
      why: 'No case is true, so "otherwise" is taken.',
    });
    expect(decideSwitch(config(null), { rows: '1' })).toEqual({ problem: expect.stringContaining('no "otherwise"') });
  });

  it('does not pass over a case that it cannot decide', () => {
    expect(decideSwitch(config(['rest']), { rows: 'many' })).toEqual({
      problem: expect.stringMatching(/^Case 1 of 2 cannot be decided\. .* the text "many" and the number 1000/),
    });
    expect(decideSwitch(config(['rest']), {})).toEqual({ problem: expect.stringContaining('no parameter "rows"') });
  });
});
