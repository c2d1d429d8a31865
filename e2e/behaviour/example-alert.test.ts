/** `examples/failure-alert`: the commands of its README as they stand there, and what the receiver gets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Child } from '../support/child.ts';
import { makeMachine, shellBlocks } from '../support/guide.ts';
import { eventually } from '../support/poll.ts';
import { createScratch } from '../support/scratch.ts';
import { freePort, REPO, VAQUITA } from '../support/server.ts';

const BLOCKS = shellBlocks('examples/failure-alert/README.md');
const [RECEIVE, SERVE, SET_UP, LOOK] = BLOCKS as string[];

const scratch = createScratch();
const services: Child[] = [];
afterAll(async () => {
  for (const service of services) await service.end('SIGTERM');
  scratch[Symbol.dispose]();
});

it('has no command that is not run here', () => {
  expect(BLOCKS).toHaveLength(4);
});

it('does what its README says: the receiver prints the signed alert with the task that failed, and refuses others', async () => {
  const [port, receiverPort] = [await freePort(), await freePort()];
  const machine = makeMachine(scratch.path('machine'), (block) =>
    block
      .replaceAll('npm start', `VAQUITA_PORT=${port} VAQUITA_EXAMPLES=off node ${VAQUITA} start`)
      .replaceAll('9009', String(receiverPort))
      .replaceAll('examples/failure-alert', join(REPO, 'examples/failure-alert')),
  );
  const start = (block: string) => {
    const service = machine.start(block);
    services.push(service);
    return service;
  };

  const receiver = start(RECEIVE!);
  await eventually('the receiver', () => /waiting for alerts/.test(receiver.output()), { evidence: receiver.output });
  const server = start(SERVE!);
  await eventually('the server', async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status === 200, {
    evidence: server.output,
  });

  const seen = await machine.run(SET_UP!);
  expect(seen).toMatch(/sent: 200 printed/);
  expect(seen).toMatch(/broken-import#1 +failure/);
  expect(seen).toContain('It has failed, as it should.');
  await eventually('the alert', () => /broken-import/.test(receiver.output()), {
    evidence: () => `${receiver.output()}\n${server.output()}`,
  });
  await eventually('the whole of it', () => /Project: mine/.test(receiver.output()));
  expect(receiver.output()).toMatch(/^info: Test of the channel receiver$/m);
  expect(receiver.output()).toMatch(/^error: .*broken-import/m);
  expect(receiver.output()).toMatch(/check.*exit code 3/);
  await eventually('the record of it', async () => / sent +error +on-call /.test(await machine.run(LOOK!)));

  const forged = await fetch(`http://127.0.0.1:${receiverPort}/`, {
    method: 'POST',
    headers: {
      'webhook-id': 'x',
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
      'webhook-signature': 'v1,AAAA',
    },
    body: '{}',
  });
  expect(forged.status).toBe(401);
  const secret = readFileSync(join(machine.folder, 'alert-secret.txt'), 'utf8').trim();
  expect(seen + server.output() + receiver.output()).not.toContain(secret);
});
