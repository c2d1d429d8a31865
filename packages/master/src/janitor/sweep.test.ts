import { createIdSource, sha256Hex, type WorkflowInstanceId } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { createMemoryFileStore, createMemoryLogStore } from '@vaquita/store/testing';
import { expect, test } from 'vitest';
import type { PassDeps } from './pass.ts';
import { createCleaningCounts } from './report.ts';
import { JANITOR_DEFAULTS } from './settings.ts';
import { sweep } from './sweep.ts';

const DAY_MS = 86_400_000;

async function open(known: ReadonlySet<string>, goesOn = () => true) {
  const clock = createManualClock(Date.UTC(2026, 0, 1));
  const ids = createIdSource(clock, createSeededRandom(1));
  const [logs, files] = [createMemoryLogStore(), createMemoryFileStore()];
  const asked: number[] = [];
  const deps = {
    ...{ logs, files, clock, counts: [createCleaningCounts()], log: console, pause: async () => goesOn() },
    settings: { ...JANITOR_DEFAULTS, rowsAtOnce: 2 },
    store: {
      missing: async (_what: string, some: readonly string[]) => {
        asked.push(some.length);
        return some.filter((id) => !known.has(id));
      },
    },
  } as unknown as PassDeps;
  async function putFile(run: WorkflowInstanceId): Promise<void> {
    const bytes = new TextEncoder().encode('content');
    const facts = { fileName: 'f', folder: false, size: bytes.length, sha256: await sha256Hex(bytes) };
    const key = { workflowInstanceId: run, taskInstanceId: ids.next<'task-instance'>(), output: 'o' };
    await files.put(key, facts, new Blob([bytes]).stream());
  }
  const runsWithFiles = async () => {
    const all: string[] = [];
    for await (const some of files.owners()) all.push(...some);
    return all;
  };
  return { clock, ids, logs, deps, asked, putFile, runsWithFiles };
}

test('removes the files of runs that are gone, and of no others (S1)', async () => {
  const known = new Set<string>();
  const { clock, ids, deps, putFile, runsWithFiles } = await open(known);
  const [there, gone] = [ids.next<'workflow-instance'>(), ids.next<'workflow-instance'>()];
  known.add(there);
  await putFile(there);
  await putFile(gone);
  await sweep(deps);
  expect(await runsWithFiles()).toEqual([there, gone]);
  await clock.advance(91 * DAY_MS);
  const young = ids.next<'workflow-instance'>();
  await putFile(young);
  await sweep(deps);
  expect(await runsWithFiles()).toEqual([there, young]);
});

test('asks for a few at a time, and stops when the term is over', async () => {
  let left = 2;
  const { clock, ids, logs, deps, asked } = await open(new Set(), () => --left > 0);
  for (let n = 0; n < 7; n++) await logs.append(ids.next<'task-instance'>(), 0, new Uint8Array(1));
  await clock.advance(91 * DAY_MS);
  await sweep(deps);
  expect(asked).toEqual([2, 2]);
});
