import type { ImportAnswer } from '@vaquita/client';
import { MAX_BUNDLE_BYTES } from '@vaquita/core';
import { expect, it } from 'vitest';
import { type ImportFile, MAX_BYTES, readDefinitionFile, savable, savedBefore, totals } from './import-files.ts';

const read = (parts: BlobPart[]) => readDefinitionFile(new File(parts, 'a.yaml'));

function answer(...outcomes: readonly (readonly [string, 'created' | 'updated' | 'unchanged' | 'refused'])[]) {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  for (const [, outcome] of outcomes) counts[outcome] += 1;
  return { items: outcomes.map(([name, outcome]) => ({ name, outcome })), counts } as unknown as ImportAnswer;
}
const file = (key: number, state: ImportFile['state']): ImportFile => ({ key, name: `${key}.yaml`, text: '', state });

it('reads a file of text, and says what is wrong with any other before it is sent', async () => {
  expect(await read(['name: a'])).toEqual({ text: 'name: a' });
  expect(await read(['名: 数据'])).toEqual({ text: '名: 数据' });
  expect(await read([])).toEqual({ why: 'empty' });
  expect(await read([' \n'])).toEqual({ why: 'empty' });
  expect(await read([new Uint8Array([0x89, 0x50, 0xff])])).toEqual({ why: 'binary' });
  expect(await read(['a\0b'])).toEqual({ why: 'binary' });
  const gone = { size: 3, arrayBuffer: () => Promise.reject(new Error('gone')) };
  expect(await readDefinitionFile(gone)).toEqual({ why: 'unreadable' });
  const never = () => {
    throw new Error('it was read');
  };
  expect(await readDefinitionFile({ size: MAX_BYTES + 1, arrayBuffer: never })).toEqual({ why: 'large' });
  expect(MAX_BYTES).toBe(MAX_BUNDLE_BYTES);
});

it('counts what an import would save, and names what stands in two files', () => {
  const files = [
    file(1, { kind: 'looked', answer: answer(['a', 'created'], ['b', 'unchanged'], ['c', 'refused']) }),
    file(2, { kind: 'looked', answer: answer(['a', 'created'], ['c', 'updated']) }),
    file(3, { kind: 'fault', why: 'empty' }),
    file(4, { kind: 'looking' }),
  ];
  expect(savable(files)).toBe(3);
  expect([...savedBefore(files, 2)]).toEqual([
    ['a', '1.yaml'],
    ['b', '1.yaml'],
  ]);
  expect(savedBefore(files, 1).size).toBe(0);
  const saved = [file(1, { kind: 'saved', answer: answer(['a', 'created'], ['c', 'refused']) }), files[1]!];
  expect(totals(saved)).toEqual({ created: 1, updated: 0, unchanged: 0, refused: 1 });
});
