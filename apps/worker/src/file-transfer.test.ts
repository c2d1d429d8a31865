/** Files on their way to a server that is away, breaks off, or says no. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DispatchId, sha256Hex, type TaskInstanceId } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { passedFiles } from '@vaquita/runtime/node/worker';
import type { FileTransfer } from '@vaquita/tasks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileTransfer } from './file-transfer.ts';
import { silentLog } from './testing/test-agent.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const CONTENT = 'a,1\n';
const REFERENCE = { taskInstanceId: 't1' as TaskInstanceId, output: 'report', fileName: 'a.csv', folder: false };

let server: Server;
let folder: string;
let transfer: FileTransfer;
/** What the server answers, one after the other; the last one again and again. */
let answers: Answer[];
let requests: string[];
let waits: number[];
let madeReady: number;
let abort: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transfer-'));
  await writeFile(join(folder, 'a.csv'), CONTENT);
  [answers, requests, waits, madeReady, abort] = [[], [], [], 0, new AbortController()];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => (answers.length > 1 ? answers.shift()! : answers[0]!)(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  transfer = createFileTransfer({
    dispatchId: 'd1' as DispatchId,
    folder,
    token: 'vqw_secret',
    socketUrl: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}/base/api/v1/worker/socket`,
    fetch,
    disk: {
      ...passedFiles,
      ready(...given) {
        madeReady += 1;
        return passedFiles.ready(...given);
      },
    },
    // No wait is waited for: what counts is that there was one.
    clock: {
      setTimeout(run, ms) {
        waits.push(ms);
        return setImmediate(run);
      },
      clearTimeout: (handle) => clearImmediate(handle as NodeJS.Immediate),
    },
    random: createSeededRandom(1),
    log: silentLog,
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const json =
  (value: unknown, status = 200): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
const problem = (code: string, status: number, detail = `because of ${code}`) => json({ code, detail }, status);
const breakOff: Answer = (request) => request.socket.destroy();
const nothingKept = json({ maxBytes: 1_000, kept: null });
const stored = json({ reference: 'ref' });
const send = () => transfer.send('report', 'a.csv', abort.signal);

describe('sending', () => {
  it('asks first, then sends the content with its size and its sum, and the token', async () => {
    const seen: unknown[] = [];
    answers = [
      nothingKept,
      (request, response, body) => {
        seen.push(request.headers.authorization, body);
        stored(request, response, body);
      },
    ];
    expect(await send()).toBe('ref');
    const path = '/base/api/v1/worker/dispatches/d1/outputs/report';
    const query = `fileName=a.csv&kind=file&size=4&sha256=${await sha256Hex(CONTENT)}`;
    expect(requests).toEqual([`GET ${path}`, `PUT ${path}?${query}`]);
    expect(seen).toEqual(['Bearer vqw_secret', CONTENT]);
  });

  it('goes on when the server is away, busy or starting, with growing waits', async () => {
    answers = [
      breakOff,
      problem('unavailable', 503),
      json({}, 502),
      json({}, 429),
      nothingKept,
      breakOff,
      nothingKept,
      stored,
    ];
    expect(await send()).toBe('ref');
    expect(waits).toHaveLength(5);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
  });

  it('goes nowhere else with its token and the content: a redirect is waited out', async () => {
    const elsewhere: Answer = (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end();
    answers = [elsewhere, nothingKept, elsewhere, nothingKept, stored];
    expect(await send()).toBe('ref');
    expect(requests.filter((line) => line.includes('/elsewhere'))).toEqual([]);
    expect(waits).toHaveLength(2);
  });

  it('does not send again what has arrived though its answer was lost', async () => {
    const kept = { fileName: 'a.csv', kind: 'file', size: 4, sha256: await sha256Hex(CONTENT), reference: 'kept' };
    answers = [nothingKept, breakOff, json({ maxBytes: 1_000, kept })];
    expect(await send()).toBe('kept');
    expect(requests.filter((line) => line.startsWith('PUT'))).toHaveLength(1);
  });

  it.each([{ fileName: 'b.csv' }, { kind: 'folder' }, { size: 5 }, { sha256: '0'.repeat(64) }])(
    'sends again what is kept as something else: %o',
    async (other) => {
      const same = { fileName: 'a.csv', kind: 'file', size: 4, sha256: await sha256Hex(CONTENT) };
      answers = [json({ maxBytes: 1_000, kept: { ...same, reference: 'kept', ...other } }), stored];
      expect(await send()).toBe('ref');
    },
  );

  it('makes a folder ready once, however often it is sent', async () => {
    await mkdir(join(folder, 'pages'));
    const large = json({ maxBytes: 10_000, kept: null });
    answers = [large, breakOff, large, stored];
    expect(await transfer.send('report', 'pages', abort.signal)).toBe('ref');
    expect(madeReady).toBe(1);
  });

  it.each([
    ['conflict', 409],
    ['storage_full', 507],
    ['unauthenticated', 401],
    ['too_large', 413],
  ])('ends at once with the reason of the server: %s', async (code, status) => {
    answers = [nothingKept, problem(code, status)];
    await expect(send()).rejects.toMatchObject({ code, message: `because of ${code}` });
    expect(waits).toEqual([]);
  });

  it('gives up on an error inside the server after a few times', async () => {
    answers = [problem('internal', 500)];
    await expect(send()).rejects.toMatchObject({ code: 'internal' });
    expect(requests).toHaveLength(5);
  });

  it('holds the bound that the server has said', async () => {
    answers = [json({ maxBytes: 3, kept: null })];
    await expect(send()).rejects.toThrow(/larger than the 3 bytes/);
  });

  it('ends when the attempt does, also in a wait', async () => {
    answers = [
      (request, response, body) => {
        if (requests.length === 3) abort.abort(new Error('killed'));
        breakOff(request, response, body);
      },
    ];
    await expect(send()).rejects.toThrow('killed');
    expect(requests).toHaveLength(3);
  });
});

describe('fetching', () => {
  const receive = () => transfer.receive('input', REFERENCE, abort.signal);

  async function content(change: { readonly size?: number; readonly sha256?: string } = {}): Promise<Answer> {
    const sha256 = change.sha256 ?? (await sha256Hex(CONTENT));
    return (_, response) => {
      response.writeHead(200, { 'content-length': change.size ?? CONTENT.length, 'x-vaquita-sha256': sha256 });
      response.end(CONTENT);
    };
  }

  it('lays the file down where its parameter has its place', async () => {
    answers = [await content()];
    const path = await receive();
    expect(path).toBe(join(folder, 'inputs', 'input', 'a.csv'));
    expect(await readFile(path, 'utf8')).toBe(CONTENT);
    expect(requests).toEqual(['GET /base/api/v1/worker/dispatches/d1/inputs/t1/report']);
  });

  it('begins anew when the connection breaks off in the middle', async () => {
    const half: Answer = (request, response) => {
      response.writeHead(200, { 'content-length': 1_000, 'x-vaquita-sha256': '0'.repeat(64) });
      response.write('a,');
      response.flushHeaders();
      setImmediate(() => request.socket.destroy());
    };
    answers = [half, breakOff, half, await content()];
    expect(await readFile(await receive(), 'utf8')).toBe(CONTENT);
  });

  it('refuses content that is not what the server keeps', async () => {
    answers = [await content({ sha256: '0'.repeat(64) })];
    await expect(receive()).rejects.toThrow(/did not come as the server keeps it/);
  });

  it('tells why a file cannot be had', async () => {
    answers = [problem('gone', 410, 'The task “make” made the file, but its files were removed.')];
    await expect(receive()).rejects.toThrow('its files were removed');
  });

  it('says what an answer lacks that something in between has changed', async () => {
    answers = [json({})];
    await expect(send()).rejects.toThrow(/does not say maxBytes/);
  });
});
