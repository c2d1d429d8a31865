/** Built-in listeners with the means of this machine, to real servers and files. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleContext, sampleEvent } from '@vaquita/plugins/testing';
import { selfSigned, serve } from '@vaquita/runtime/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createBuiltInPlugin } from './built-in-plugin.ts';

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-listeners-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function plugin(name: string, folder = scratchFolder(), outboundAllow = ['127.0.0.1']) {
  return createBuiltInPlugin(name, {
    version: '1.0.0',
    outboundAllow,
    outboundProxy: null,
    trust: [certificate.cert],
    folder,
  })!;
}
const certificate = selfSigned(['localhost', '127.0.0.1']);

test('log-file: events stand in the file in their order, also after a failure and a new opening', async () => {
  const folder = scratchFolder();
  const listener = plugin('log-file', folder);
  for (const from of [1, 4]) {
    const context = sampleContext({ file: 'orders.jsonl', source: 'https://vaquita.example' });
    await listener.open!(context);
    for (const seq of [from, from + 1, from + 2]) await listener.onEvent(sampleEvent(seq), context);
    await listener.close!(context);
  }
  const lines = readFileSync(join(folder, 'orders.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ data }) => data.n)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(lines[0]).toMatchObject({ specversion: '1.0', id: sampleEvent(1).id, source: 'https://vaquita.example' });
});

test('webhook: no event is lost and the order is kept while the receiver fails and comes back', async () => {
  let failing = 2;
  const { port, seen } = await serve(
    (_request, response) => {
      if (failing > 0) response.socket!.destroy();
      else response.writeHead(204).end();
      failing -= 1;
    },
    { certificate },
  );
  const listener = plugin('webhook');
  const context = sampleContext({ url: `https://127.0.0.1:${port}/`, mode: 'binary' });
  await listener.open!(context);
  const heard: number[] = [];
  for (let seq = 1; seq <= 3; ) {
    const failure = await Promise.resolve(listener.onEvent(sampleEvent(seq), context)).then(() => null, String);
    if (failure === null) heard.push(seq++);
    else expect(failure).toContain('the connection was broken off');
  }
  expect(heard).toEqual([1, 2, 3]);
  expect(seen.map(({ body }) => JSON.parse(body).n)).toEqual([1, 1, 1, 2, 3]);
});

test('webhook: an address inside the network is refused unless the operator allows it', async () => {
  const { port, seen } = await serve((_request, response) => response.end());
  const listener = plugin('webhook', undefined, []);
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    await expect(listener.onEvent(sampleEvent(), sampleContext({ url: `http://${host}:${port}/` }))).rejects.toThrow(
      'outboundAllow',
    );
  }
  expect(seen).toEqual([]);
});

test('webhook: a receiver whose certificate nobody trusts is not told', async () => {
  const stranger = selfSigned(['127.0.0.1']);
  const { port, seen } = await serve((_request, response) => response.end(), { certificate: stranger });
  const call = plugin('webhook').onEvent(sampleEvent(), sampleContext({ url: `https://127.0.0.1:${port}/` }));
  await expect(call).rejects.toThrow('certificate');
  expect(seen).toEqual([]);
});

test('webhook: a receiver that hangs is given up when the signal fires', async () => {
  const { port } = await serve(() => {});
  const context = sampleContext({ url: `http://127.0.0.1:${port}/` });
  const call = plugin('webhook').onEvent(sampleEvent(), context);
  context.control.abort();
  await expect(call).rejects.toThrow('has not answered within the time');
});
