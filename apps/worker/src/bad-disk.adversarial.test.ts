/** A work folder that is full, takes nothing for a while, or holds what cannot be read. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { createTestFolder, startTestAgent, storedResults, withFolder } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

test('a work folder that takes nothing: tasks are refused, not lost, and taken again when it does', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  let full = true;
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: withFolder((work) => {
      const refuse = () => {
        if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      };
      const { dispatches } = work;
      return {
        ...work,
        dispatches: {
          ...dispatches,
          append(text) {
            refuse();
            dispatches.append(text);
          },
          replace(text) {
            refuse();
            dispatches.replace(text);
          },
        },
      };
    }),
  });
  await master.until(() => master.heartbeats.length > 0);
  for (const dispatchId of ['d1', 'd2']) master.dispatch({ dispatchId });
  expect(await master.report('refuse', 'd1')).toMatchObject({
    reason: 'overloaded',
    text: expect.stringContaining('work folder'),
  });
  await master.report('refuse', 'd2');
  full = false;
  for (const dispatchId of ['d1', 'd3']) master.dispatch({ dispatchId });
  for (const dispatchId of ['d1', 'd3']) expect(await master.result(dispatchId)).toMatchObject({ state: 'success' });
});

test('damaged results in the folder are put aside and stop nothing', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const json = JSON.stringify({ put: 'd3', text: '{"not":"a result"}' });
  const readable = `${json.length} ${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
  await writeFile(join(folder.path, 'results.journal'), `12 00000000 {"half":\n${readable}99 torn`);
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.heartbeats.length > 0);
  expect(await storedResults(folder.path)).toEqual([]);
  const aside = await readFile(join(folder.path, 'results.journal.damaged'), 'utf8');
  expect(aside).toBe(`12 00000000 {"half":\n${readable}`);
  master.dispatch({ dispatchId: 'd4' });
  expect(await master.result('d4')).toMatchObject({ state: 'success' });
});

test('a disk that takes no results for a while: the result is reported once it is written, not before', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  let failures = 0;
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: withFolder((work) => ({
      ...work,
      results: {
        ...work.results,
        async put(name, text) {
          failures += 1;
          if (failures === 1) throw new Error('no space left on device');
          expect(master.reports.some((one) => one.type === 'result')).toBe(false);
          await work.results.put(name, text);
        },
      },
    })),
  });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1' });
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  expect(failures).toBe(2);
});
