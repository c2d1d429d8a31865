import { describe, expect, it } from 'vitest';
import { asCostTable, type CpuProfile, type ProfileNode, sumUp } from './cpu-profile.ts';

function node(id: number, functionName: string, url = '', lineNumber = -1): ProfileNode {
  return { id, callFrame: { functionName, url, lineNumber } };
}

const NODES = [
  node(1, '(root)'),
  node(2, '(idle)'),
  node(3, 'step', 'file:///repo/packages/core/src/step.ts', 9),
  // The same function reached on another way.
  node(4, 'step', 'file:///repo/packages/core/src/step.ts', 9),
  node(5, '', 'file:///repo/packages/core/src/step.ts', 19),
  node(6, 'parse', 'file:///repo/node_modules/zod/index.js', 0),
  node(7, '(garbage collector)'),
];
/** Samples at 1000, 1100, 1200 and so on until 1700. */
const PROFILE: CpuProfile = {
  nodes: NODES,
  startTime: 1_000,
  endTime: 1_700,
  samples: [2, 3, 4, 5, 6, 7, 2],
  timeDeltas: [0, 100, 100, 100, 100, 100, 100],
};

describe('the costs of a thread', () => {
  it('are summed by function and by file, without the waiting', () => {
    expect(sumUp(PROFILE, { fromUs: 0, toUs: 10_000 }, '/repo/')).toEqual({
      wholeUs: 700,
      busyUs: 500,
      functions: [
        { what: 'step  packages/core/src/step.ts:10', selfUs: 200 },
        { what: '(anonymous)  packages/core/src/step.ts:20', selfUs: 100 },
        { what: 'parse  node_modules/zod/index.js:1', selfUs: 100 },
        { what: '(garbage collector)', selfUs: 100 },
      ],
      files: [
        { what: 'packages/core/src/step.ts', selfUs: 300 },
        { what: 'node_modules/zod/index.js', selfUs: 100 },
        { what: '(garbage collector)', selfUs: 100 },
      ],
    });
  });

  it('count only the part of a sample that is in the window', () => {
    const { wholeUs, busyUs, functions } = sumUp(PROFILE, { fromUs: 1_050, toUs: 1_230 });
    expect([wholeUs, busyUs]).toEqual([180, 130]);
    expect(functions.map(({ selfUs }) => selfUs)).toEqual([130]);
    expect(sumUp(PROFILE, { fromUs: 5_000, toUs: 6_000 })).toEqual({ wholeUs: 0, busyUs: 0, functions: [], files: [] });
  });

  it('are shown by task and as a share of the busy time', () => {
    const { files, busyUs } = sumUp(PROFILE, { fromUs: 0, toUs: 10_000 }, '/repo/');
    expect(asCostTable(files, { busyUs, tasks: 10, rows: 2 })).toEqual([
      '  SELF ms   us/task     SHARE',
      '      0.3     30.00    60.0 %  packages/core/src/step.ts',
      '      0.1     10.00    20.0 %  node_modules/zod/index.js',
    ]);
  });
});
