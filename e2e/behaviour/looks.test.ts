/** P11: what a master hears of files, from agents in processes of their own on a real socket and a real disk. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LookAnswer } from '@vaquita/master';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AskingMaster, startAskingMaster } from '../support/asking-master.ts';
import { eventually } from '../support/poll.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

let asking: AskingMaster;
let scratch: Scratch;
let worker: TestWorker;

beforeAll(async () => {
  asking = await startAskingMaster();
  scratch = createScratch();
  worker = await join('looker');
});

afterAll(async () => {
  await worker?.close();
  await asking?.[Symbol.asyncDispose]();
  scratch?.[Symbol.dispose]();
});

const lookers = () => asking.master.lookouts.of('default');

async function join(name: string): Promise<TestWorker> {
  const joined = await startTestWorker({ url: asking.url, token: 'any', name });
  await eventually(`${name} to join`, () => lookers().some((one) => one.name === name), { evidence: joined.log });
  return joined;
}

function look(path: string, more: { readonly after?: string; readonly limit?: number } = {}) {
  const { workerId } = lookers().find(({ name }) => name === 'looker')!;
  return asking.master.lookouts.look(workerId, { path, after: null, limit: 1_000, ...more });
}

const pathsOf = (answer: LookAnswer | null) => answer?.entries.map(({ path }) => path);

it('an agent finds what fits, and tells its size and time', async () => {
  const landing = scratch.path('landing');
  await mkdir(`${landing}/today`, { recursive: true });
  await writeFile(`${landing}/today/a.csv`, 'hello');
  await writeFile(`${landing}/today/.b.csv.part`, 'not yet');
  expect(await look(`${landing}/**/*.csv`)).toEqual({
    entries: [{ path: `${landing}/today/a.csv`, size: 5, modifiedAt: expect.any(Number), etag: null }],
    isEnd: true,
    problem: null,
  });
  await rm(`${landing}/today/a.csv`);
  expect(await look(`${landing}/**/*.csv`)).toEqual({ entries: [], isEnd: true, problem: null });
  expect(await look(`${landing}/tomorrow/*.csv`)).toMatchObject({ entries: [], problem: { code: 'not_found' } });
});

it('more than a page is asked for page by page, without gaps', async () => {
  const many = scratch.path('many');
  await mkdir(many);
  // Long names: pages are cut short by their size before they are by their number.
  const names = Array.from({ length: 1_500 }, (_, i) => `${many}/${String(i).padStart(5, '0')}-${'x'.repeat(200)}`);
  for (const name of names) await writeFile(name, '');
  const found: string[] = [];
  let pages = 0;
  for (let isEnd = false; !isEnd; pages += 1) {
    const after = found.at(-1);
    const page = await look(`${many}/*`, after === undefined ? {} : { after });
    found.push(...pathsOf(page)!);
    isEnd = page!.isEnd;
  }
  expect(found).toEqual(names);
  expect(pages).toBeGreaterThan(1);
});

it('an object is asked for over HTTP by the agent', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/none') response.writeHead(404).end();
    else response.writeHead(200, { etag: '"v7"', 'content-length': '12' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entry = { path: `${origin}/data.csv`, size: 12, modifiedAt: null, etag: '"v7"' };
  expect(await look(`${origin}/data.csv`)).toEqual({ entries: [entry], isEnd: true, problem: null });
  expect(await look(`${origin}/none`)).toEqual({ entries: [], isEnd: true, problem: null });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await look(`${origin}/data.csv`)).toMatchObject({ entries: [], problem: { code: 'unreachable' } });
});

it('many looks at once are answered, each its own', async () => {
  const each = scratch.path('each');
  await mkdir(each);
  const paths = Array.from({ length: 50 }, (_, i) => `${each}/${i}.txt`);
  for (const path of paths) await writeFile(path, '');
  const answers = await Promise.all(paths.map((path) => look(path)));
  expect(answers.map(pathsOf)).toEqual(paths.map((path) => [path]));
});

it('an agent that is killed leaves nobody waiting, and looks again when it is back', async () => {
  worker.freeze();
  const asked = look(scratch.path('anything'));
  await worker.kill9();
  expect(await asked).toBeNull();
  await worker.restart();
  await eventually('the agent to be back', () => lookers().length === 1, { evidence: worker.log });
  expect(await look(`${scratch.path('none')}/*`)).toMatchObject({ problem: { code: 'not_found' } });
});
