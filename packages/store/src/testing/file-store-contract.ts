/** What every file store must do. An implementation passes by calling `describeFileStoreContract` from a test of its own. */
import { createIdSource, sha256Hex } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileFacts, FileKey, FileStore } from '../ports/files.ts';

export interface OpenedFileStore {
  readonly files: FileStore;
  close(): Promise<void>;
}

const encode = (text: string) => new TextEncoder().encode(text);
const streamOf = (text: string) => new Blob([text]).stream();

async function factsOf(text: string, change: Partial<FileFacts> = {}): Promise<FileFacts> {
  const bytes = encode(text);
  return { fileName: 'report.csv', folder: false, size: bytes.length, sha256: await sha256Hex(bytes), ...change };
}

export function describeFileStoreContract(name: string, open: () => Promise<OpenedFileStore>): void {
  describe(`file store contract: ${name}`, () => {
    const ids = createIdSource(createManualClock(1), createSeededRandom(1));
    let opened: OpenedFileStore;
    let files: FileStore;
    let key: FileKey;

    beforeEach(async () => {
      opened = await open();
      files = opened.files;
      key = {
        workflowInstanceId: ids.next<'workflow-instance'>(),
        taskInstanceId: ids.next<'task-instance'>(),
        output: 'report',
      };
    });
    afterEach(() => opened.close());

    async function put(text: string, at: FileKey = key, change: Partial<FileFacts> = {}): Promise<FileFacts> {
      const facts = await factsOf(text, change);
      await files.put(at, facts, streamOf(text));
      return facts;
    }

    async function textAt(at: FileKey): Promise<string | undefined> {
      const found = await files.read(at);
      return found && new Response(found.content as ReadableStream<Uint8Array<ArrayBuffer>>).text();
    }

    test('what nobody has put is not there', async () => {
      expect(await files.find(key)).toBeUndefined();
      expect(await files.read(key)).toBeUndefined();
    });

    test.each(['', 'a', 'x'.repeat(300_000)])('gives content and facts back (%#)', async (text) => {
      const facts = await put(text, key, { fileName: 'pages ä', folder: true });
      expect(await files.find(key)).toEqual(facts);
      expect((await files.read(key))?.facts).toEqual(facts);
      expect(await textAt(key)).toBe(text);
    });

    test('takes the same again, and the next in its place', async () => {
      await put('one');
      await put('one');
      expect(await textAt(key)).toBe('one');
      const facts = await put('two', key, { fileName: 'other.csv' });
      expect([await files.find(key), await textAt(key)]).toEqual([facts, 'two']);
    });

    test('takes several at once and is whole after each', async () => {
      await Promise.all(['one', 'one', 'one'].map((text) => put(text)));
      expect(await textAt(key)).toBe('one');
    });

    test.each([
      ['more than announced', { size: 2 }],
      ['less than announced', { size: 4 }],
      ['another sum', { sha256: '0'.repeat(64) }],
    ])('refuses %s and keeps what was there', async (_, wrong) => {
      await expect(put('new', key, wrong)).rejects.toMatchObject({ code: 'bad_request' });
      expect(await files.find(key)).toBeUndefined();
      await put('old');
      await expect(put('new', key, wrong)).rejects.toMatchObject({ code: 'bad_request' });
      expect(await textAt(key)).toBe('old');
    });

    test('keeps nothing of content that breaks off', async () => {
      const facts = await factsOf('whole');
      const broken = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(encode('wh')),
        pull: (controller) => controller.error(new Error('the connection was lost')),
      });
      await expect(files.put(key, facts, broken)).rejects.toThrow();
      expect(await files.find(key)).toBeUndefined();
      await put('whole');
      expect(await textAt(key)).toBe('whole');
    });

    test('goes on reading what was there when it is replaced or removed', async () => {
      const text = 'x'.repeat(1_000_000);
      await put(text);
      const [first, second] = [await files.read(key), await files.read(key)];
      await put('new');
      expect((await new Response(first!.content as ReadableStream<Uint8Array<ArrayBuffer>>).text()).length).toBe(
        text.length,
      );
      await files.removeRuns([key.workflowInstanceId]);
      expect((await new Response(second!.content as ReadableStream<Uint8Array<ArrayBuffer>>).text()).length).toBe(
        text.length,
      );
    });

    test('keeps outputs, task instances and runs apart', async () => {
      const others: FileKey[] = [
        { ...key, output: 'Report' },
        { ...key, output: 'report.2' },
        { ...key, output: '..' },
        { ...key, output: '.' },
        { ...key, taskInstanceId: ids.next<'task-instance'>() },
        { ...key, workflowInstanceId: ids.next<'workflow-instance'>() },
      ];
      await put('mine');
      for (const [index, other] of others.entries()) await put(`other ${index}`, other);
      expect(await textAt(key)).toBe('mine');
      for (const [index, other] of others.entries()) expect(await textAt(other)).toBe(`other ${index}`);
    });

    test('names the runs that it has files of, each once', async () => {
      const owners = async () => {
        const all: string[] = [];
        for await (const some of files.owners()) all.push(...some);
        return all.sort();
      };
      expect(await owners()).toEqual([]);
      const other = { ...key, workflowInstanceId: ids.next<'workflow-instance'>() };
      await put('mine');
      await put('second', { ...key, output: 'second' });
      await put('stays', other);
      expect(await owners()).toEqual([key.workflowInstanceId, other.workflowInstanceId]);
      await files.removeRuns([key.workflowInstanceId]);
      expect(await owners()).toEqual([other.workflowInstanceId]);
    });

    test('removes the files of the given runs and no others', async () => {
      const other = { ...key, workflowInstanceId: ids.next<'workflow-instance'>() };
      await put('mine');
      await put('second', { ...key, output: 'second' });
      await put('stays', other);
      await files.removeRuns([key.workflowInstanceId, ids.next<'workflow-instance'>()]);
      expect(await files.find(key)).toBeUndefined();
      expect(await files.find({ ...key, output: 'second' })).toBeUndefined();
      expect(await textAt(other)).toBe('stays');
      await put('again');
      expect(await textAt(key)).toBe('again');
    });
  });
}
