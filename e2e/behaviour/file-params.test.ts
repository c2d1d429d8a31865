/** Files that one task puts out and another one reads on another worker: over HTTP, through a crash, and within bounds. */
import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, type Run, taskOf, waitForRun, waitForTask } from '../support/runs.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker } from '../support/worker.ts';

let scratch: Scratch;
let server: TestServer;
let workers: TestWorker[];

beforeEach(async () => {
  scratch = createScratch();
  workers = [];
  server = await startTestServer({ env: { VAQUITA_SESSION_TIMEOUT: '2s', VAQUITA_MAX_FILE_MIB: '200' } });
  const token = await makeWorkerToken(server);
  for (const name of ['makers', 'readers']) {
    workers.push(await startTestWorker({ url: server.url, token, name, group: name, client: server.client }));
  }
});

afterEach(async () => {
  for (const worker of workers ?? []) await worker.close();
  await server?.close();
  scratch?.[Symbol.dispose]();
});

const maker = (script: string, outputs: readonly string[]) => ({
  name: 'make',
  type: 'shell',
  workerGroup: 'makers',
  script: `set -e\n${script}`,
  outputs: outputs.map((name) => ({ name, type: 'file' })),
});

const reader = (script: string, more: Readonly<Record<string, unknown>> = {}) => ({
  name: 'read',
  type: 'shell',
  workerGroup: 'readers',
  dependsOn: ['make'],
  script: `set -e\n${script}`,
  ...more,
});

async function readerLog(run: Run): Promise<string> {
  return logOf(server.client, await taskOf(server.client, run, 'read'));
}

/** Everything in the server's folder of files. */
function keptFiles(): readonly string[] {
  const folder = join(server.dataDir, 'files');
  return readdirSync(folder, { recursive: true })
    .map((path) => join(folder, String(path)))
    .filter((path) => statSync(path).isFile());
}

function download(taskId: string, output: string): Promise<Response> {
  const headers = { authorization: `Bearer ${server.adminToken}` };
  return fetch(`${server.url}/api/v1/task-instances/${taskId}/files/${output}`, { headers });
}

describe('files between tasks', () => {
  it('go to another worker, whichever way they are put out, and people can download them', async () => {
    const run = await defineAndStart(server.client, {
      name: 'files',
      tasks: [
        maker(
          `mkdir -p pages/deep; printf 'a,1\\n' > "rows ä.csv"; echo deep > pages/deep/b.txt; echo raw > third
           echo '::set-output rows=rows ä.csv'
           echo '\${setValue(pages=pages)}'
           echo "#{setValue(third=$PWD/third)}"
           head -c 3000000 /dev/zero > unread; echo '::set-output unread=unread'`,
          ['rows', 'pages', 'third', 'unread'],
        ),
        reader(
          `echo "rows: $(cat "$input") in $input"
           echo "pages: $(cat "\${pages}/deep/b.txt")"
           echo "third: $(cat "$third")"
           find . -type f | sort`,
          { params: [{ name: 'input', type: 'file', value: '${rows}' }] },
        ),
      ],
    });
    await waitForRun(server.client, run, 'success');
    const made = await taskOf(server.client, run, 'make');
    expect(made.outputs).toEqual({
      rows: `vaquita-file:${made.id}/rows/rows%20%C3%A4.csv`,
      pages: `vaquita-file:${made.id}/pages/pages/`,
      third: `vaquita-file:${made.id}/third/third`,
      unread: `vaquita-file:${made.id}/unread/unread`,
    });
    const log = await readerLog(run);
    expect(log).toMatch(/rows: a,1 in .*\/inputs\/input\/rows ä\.csv/);
    expect(log).toContain('pages: deep');
    expect(log).toContain('third: raw');
    // What it does not name is not fetched.
    expect(log).toContain('./inputs/pages/pages/deep/b.txt');
    expect(log).not.toContain('inputs/unread');

    const answer = await download(made.id, 'rows');
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="rows _.csv"; filename*=UTF-8''rows%20%C3%A4.csv`,
    );
    expect(await answer.text()).toBe('a,1\n');
    expect((await download(made.id, 'pages')).headers.get('content-type')).toBe('application/x-tar');
    expect((await download(made.id, 'none')).status).toBe(404);
  });

  it('arrive whole when the server is killed in the middle of one', async () => {
    const size = 150_000_000;
    const run = await defineAndStart(server.client, {
      name: 'through-a-crash',
      tasks: [
        maker(`head -c ${size} /dev/urandom > big; sha256sum < big; echo '::set-output big=big'`, ['big']),
        reader('sha256sum < "$big"; wc -c < "$big"'),
      ],
    });
    await eventually(
      'the upload to be under way',
      () => {
        const incoming = keptFiles().filter((path) => path.includes('incoming-'));
        return incoming.some((path) => statSync(path).size > 1_000_000);
      },
      { everyMs: 2 },
    );
    await server.kill9();
    expect(keptFiles().some((path) => path.endsWith('about.json'))).toBe(false);
    expect(keptFiles().some((path) => path.includes('incoming-'))).toBe(true);
    await server.restart();
    await waitForRun(server.client, run, 'success', 60_000);
    const made = await taskOf(server.client, run, 'make');
    expect(made.attempt).toBe(1);
    const [sum] = /[0-9a-f]{64}/.exec(await logOf(server.client, made))!;
    const log = await readerLog(run);
    expect(log).toContain(sum);
    expect(log).toContain(String(size));
    expect(keptFiles().filter((path) => path.includes('incoming-'))).toEqual([]);
    const hash = createHash('sha256');
    for await (const piece of (await download(made.id, 'big')).body!) hash.update(piece);
    expect(hash.digest('hex')).toBe(sum);
  });

  it('go to a child run and come back from it', async () => {
    const outputs = [{ name: 'doubled', type: 'file' }];
    await defineAndStart(server.client, {
      name: 'child',
      params: [{ name: 'source', type: 'string', value: 'none' }],
      tasks: [
        {
          name: 'double',
          type: 'shell',
          workerGroup: 'readers',
          params: [{ name: 'input', type: 'string', value: '${source}' }],
          script: 'cat "$input" "$input" > doubled || echo none > doubled; echo "::set-output doubled=doubled"',
          outputs,
        },
      ],
    });
    const run = await defineAndStart(server.client, {
      name: 'parent',
      tasks: [
        maker('echo mine > file; echo ::set-output file=file', ['file']),
        {
          name: 'child',
          type: 'sub_workflow',
          workflow: 'child',
          dependsOn: ['make'],
          params: [{ name: 'source', type: 'string', value: '${file}' }],
          outputs,
        },
        reader('tr "\\n" + < "$doubled"', { workerGroup: 'makers', dependsOn: ['child'] }),
      ],
    });
    await waitForRun(server.client, run, 'success');
    expect(await readerLog(run)).toContain('mine+mine+');
  });

  it('that are too large, lie outside or are not there fail the task with the reason', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        'truncate -s 210000000 huge; echo ::set-output file=huge',
        /"huge" is larger than the 209715200 bytes allowed.*VAQUITA_MAX_FILE_MIB/,
      ],
      ['echo ::set-output file=../../../worker-id', /lies outside the task's folder/],
      ['ln -s /etc/hostname link; echo ::set-output file=link', /lies outside the task's folder/],
      ['echo ::set-output file=none', /nothing at "none"/],
    ];
    for (const [index, [script, why]] of cases.entries()) {
      const run = await defineAndStart(server.client, { name: `bad-${index}`, tasks: [maker(script, ['file'])] });
      const { reason } = await waitForTask(server.client, run, 'make', ({ state }) => state === 'failure');
      expect(reason?.text).toMatch(/The output "file"/);
      expect(reason?.text).toMatch(why);
      await waitForRun(server.client, run, 'failure');
    }
  });

  it('that were removed, or are of a run that has nothing to do with this one, fail who reads them', async () => {
    const first = await defineAndStart(server.client, {
      name: 'maker',
      tasks: [maker('echo mine > file; echo ::set-output file=file', ['file'])],
    });
    await waitForRun(server.client, first, 'success');
    const { outputs } = await taskOf(server.client, first, 'make');
    const stranger = await defineAndStart(server.client, {
      name: 'stranger',
      params: [{ name: 'file', type: 'file', value: outputs.file }],
      tasks: [{ name: 'read', type: 'shell', workerGroup: 'readers', script: 'cat "$file"' }],
    });
    const refused = await waitForTask(server.client, stranger, 'read', ({ state }) => state === 'failure');
    expect(refused.reason?.text).toMatch(/made by the task “make” of a run that has nothing to do with this one/);

    const gate = scratch.path('gate');
    const run = await defineAndStart(server.client, {
      name: 'removed',
      tasks: [
        maker('echo mine > file; echo ::set-output file=file', ['file']),
        {
          name: 'hold',
          type: 'shell',
          workerGroup: 'makers',
          dependsOn: ['make'],
          script: `while [ ! -e '${gate}' ]; do sleep 0.05; done`,
        },
        reader('cat "$file"', { dependsOn: ['hold'] }),
      ],
    });
    await waitForTask(server.client, run, 'make', ({ state }) => state === 'success');
    rmSync(join(server.dataDir, 'files', run.id), { recursive: true });
    scratch.open('gate');
    const failed = await waitForTask(server.client, run, 'read', ({ state }) => state === 'failure');
    expect(failed.reason?.text).toMatch(/“make” .* made the file “file” .* but its files were removed/);
  });
});

it('files between tasks go through the embedded worker as through any other', async () => {
  await using embedded = await startTestServer({ embeddedWorker: true });
  const run = await defineAndStart(embedded.client, {
    name: 'embedded',
    tasks: [
      { ...maker('echo mine > file; echo ::set-output file=file', ['file']), workerGroup: 'default' },
      reader('cat "$file"', { workerGroup: 'default' }),
    ],
  });
  await waitForRun(embedded.client, run, 'success');
  expect(await logOf(embedded.client, await taskOf(embedded.client, run, 'read'))).toContain('mine');
});
