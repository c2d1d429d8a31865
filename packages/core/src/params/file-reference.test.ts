import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskInstanceId } from '../identity/ids.ts';
import { type FileReference, formatFileReference, isFileName, parseFileReference } from './file-reference.ts';

const taskInstanceId = '01jd3w8q5v7x9y0z1a2b3c4d5e' as TaskInstanceId;
const report: FileReference = { taskInstanceId, output: 'report', fileName: 'report 1.csv', folder: false };

describe('file references', () => {
  it('say the task instance, the output and the file', () => {
    expect(formatFileReference(report)).toBe(`vaquita-file:${taskInstanceId}/report/report%201.csv`);
    expect(formatFileReference({ ...report, fileName: 'pages', folder: true })).toBe(
      `vaquita-file:${taskInstanceId}/report/pages/`,
    );
  });

  it('are read back as they were written, whatever the file is called', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(isFileName);
    fc.assert(
      fc.property(names, fc.boolean(), (fileName, folder) => {
        const reference = { ...report, fileName, folder };
        expect(parseFileReference(formatFileReference(reference))).toEqual(reference);
      }),
    );
  });

  it.each([
    '/tmp/report.csv',
    'vaquita-file:',
    `vaquita-file:${taskInstanceId}`,
    `vaquita-file:${taskInstanceId}/report`,
    `vaquita-file:${taskInstanceId}/report/a/b`,
    `vaquita-file:${taskInstanceId}/report/..`,
    `vaquita-file:${taskInstanceId}/report/%2E%2E/`,
    `vaquita-file:${taskInstanceId}/report/%2Fetc`,
    `vaquita-file:${taskInstanceId}/report/a%00b`,
    `vaquita-file:${taskInstanceId}/report/%ff`,
    'vaquita-file:../../x/report/a',
    `vaquita-file:${taskInstanceId}/re port/a`,
    ` vaquita-file:${taskInstanceId}/report/a`,
    `vaquita-file:${taskInstanceId}/report/a\n`,
  ])('are not %j', (text) => {
    expect(parseFileReference(text)).toBeUndefined();
  });
});
