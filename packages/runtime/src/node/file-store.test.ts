/** What only the store on disk has: where things lie, what is left over, and disks that are full. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex, type TaskInstanceId, type WorkflowInstanceId } from '@vaquita/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStore } from './file-store.ts';

const key = {
  workflowInstanceId: 'run-1' as WorkflowInstanceId,
  taskInstanceId: 'task-1' as TaskInstanceId,
  output: 'report',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(text: string): Promise<void> {
  const facts = { fileName: 'a', folder: false, size: text.length, sha256: await sha256Hex(text) };
  await openFileStore(folder).put(key, facts, new Blob([text]).stream());
}

describe('files on disk', () => {
  it('lie by run, task instance and output, for their owner alone', async () => {
    await put('one');
    const at = join(folder, 'run-1', 'task-1', 'report');
    expect((await readdir(at)).sort()).toEqual([await sha256Hex('one'), 'about.json'].sort());
    expect((await stat(join(at, await sha256Hex('one')))).mode & 0o777).toBe(0o600);
    expect((await stat(at)).mode & 0o777).toBe(0o700);
  });

  it('leave nothing of what a killed server had begun, nor of what was replaced', async () => {
    await put('one');
    const at = join(folder, 'run-1', 'task-1', 'report');
    await writeFile(join(at, 'incoming-1-1'), 'half');
    await put('two');
    expect((await readdir(at)).sort()).toEqual([await sha256Hex('two'), 'about.json'].sort());
  });

  it.each(['..', '../other', 'a/b', ''])('refuse the id %j', async (id) => {
    const bad = { ...key, taskInstanceId: id as TaskInstanceId };
    await expect(openFileStore(folder).find(bad)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(openFileStore(folder).removeRuns([id as WorkflowInstanceId])).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  it('say that the disk is full, and keep no half of a file on it', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const content = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      pull: (controller) => controller.error(full),
    });
    const facts = { fileName: 'a', folder: false, size: 20, sha256: await sha256Hex('x') };
    await expect(openFileStore(folder).put(key, facts, content)).rejects.toMatchObject({ code: 'storage_full' });
    expect(await readdir(join(folder, 'run-1', 'task-1', 'report'))).toEqual([]);
  });
});
