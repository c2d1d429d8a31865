/** Logs and files of tasks with several servers: whoever is asked finds them, and they outlive the machine of who wrote them. */
import { rm } from 'node:fs/promises';
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, taskOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import type { TestServer } from '../support/server.ts';

const LINES = 300;
const EXPECTED = Array.from({ length: LINES }, (_, i) => `line ${i + 1}`);

describe.skipIf(SQLD_BINARY === undefined)(`logs and files of tasks ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`, () => {
  let cluster: TestCluster;
  let leader: TestServer;
  let follower: TestServer;

  beforeAll(async () => {
    cluster = await startTestCluster(2, { VAQUITA_SESSION_TIMEOUT: '2s' });
    [leader, follower] = cluster.servers as [TestServer, TestServer];
    await cluster.join('w1', { args: ['--heartbeat', '700ms'] });
  });
  afterAll(() => cluster?.close());

  it('are followed on a server that does not lead while the task writes', async () => {
    const { scratch } = cluster;
    const run = await defineAndStart(follower.client, {
      name: 'followed',
      tasks: [{ name: 'a', type: 'shell', script: `echo one\n${waitAt(scratch, 'two')}\necho two` }],
    });
    const task = await waitForTask(follower.client, run, 'a', ({ state }) => state === 'running');
    let text = '';
    for await (const message of follower.client.taskInstances.followLog(task.id)) {
      if (message.type === 'text') text += message.chunk.text;
      if (text === 'one\n') scratch.open('two');
    }
    expect(text).toBe('one\ntwo\n');
  });

  it('are there after the machine of the leader that wrote them is gone, and nothing of a log is lost on the way', async () => {
    const { scratch } = cluster;
    const half = `for n in $(seq 1 ${LINES / 2}); do echo "line $n"; done`;
    const rest = `for n in $(seq ${LINES / 2 + 1} ${LINES}); do echo "line $n"; done`;
    const run = await defineAndStart(follower.client, {
      name: 'outlives',
      tasks: [
        {
          ...{ name: 'make', type: 'shell', outputs: [{ name: 'report', type: 'file' }] },
          script: `echo made > report.txt\necho "::set-output report=report.txt"\n${append(scratch, 'ran', 'make')}`,
        },
        {
          ...{ name: 'use', type: 'shell', dependsOn: ['make'] },
          params: [{ name: 'input', type: 'file', value: '${report}' }],
          script: `${append(scratch, 'ran', 'use')}\n${half}\n${waitAt(scratch, 'gate')}\n${rest}\ncat "$input"`,
        },
      ],
    });
    await waitForTask(follower.client, run, 'use', ({ state }) => state === 'running');
    await eventually(
      'some of the log',
      async () => (await logOf(follower.client, await taskOf(follower.client, run, 'use'))) !== '',
    );
    expect(await cluster.leader()).toBe(leader);
    await leader.kill9();
    await rm(leader.dataDir, { recursive: true, force: true });
    scratch.open('gate');
    await waitForRun(follower.client, run, 'success', 60_000);
    expect(scratch.lines('ran')).toEqual(['make', 'use']);
    const lines = (await logOf(follower.client, await taskOf(follower.client, run, 'use'))).trimEnd().split('\n');
    expect(lines.slice(1)).toEqual([...EXPECTED, 'made']);
    const made = await taskOf(follower.client, run, 'make');
    expect(await contentOf(follower, `/api/v1/task-instances/${made.id}/files/report`)).toBe('made\n');
  });

  async function contentOf({ url, adminToken }: TestServer, path: string): Promise<string> {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${adminToken}` } });
    expect(answer.status).toBe(200);
    return answer.text();
  }
});
