/** The disk of the data folder is full: the server says so, loses nothing, and goes on when there is room. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError } from '@vaquita/client';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from '../support/child.ts';
import { define, PROJECT, waitForRun } from '../support/runs.ts';
import { freePort, serverEnv, startTestServer, type TestServer, VAQUITA } from '../support/server.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const folder = mkdtempSync(join(tmpdir(), 'vaquita-disk-'));
const mounted = mountSmallDisk(folder, 32);
const canMount = typeof mounted !== 'string';
if (typeof mounted !== 'string') mounted.close();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!canMount)(`a full disk${canMount ? '' : ` (left out: ${mounted})`}`, () => {
  let disk: SmallDisk;
  let server: TestServer;

  beforeEach(async () => {
    disk = mountSmallDisk(folder, 32) as SmallDisk;
    server = await startTestServer({ dataDir: folder, embeddedWorker: true });
  });

  afterEach(async () => {
    disk.free();
    await server.close();
    disk.close();
  });

  it('is told to whoever asks for something, and what is asked again afterwards is done', async () => {
    const name = await define(server.client, { name: 'small', tasks: [{ name: 'only', type: 'noop' }] });
    await disk.fill();
    const refused = await fillWith(server, name);
    expect(refused).toBeInstanceOf(ApiError);
    expect((refused as ApiError).retryable).toBe(true);
    expect((refused as ApiError).detail).toMatch(/disk .*full/);
    disk.free();
    const run = await server.client.workflows.start(PROJECT, name);
    await waitForRun(server.client, run, 'success');
  });

  it('ends a start with its reason and an exit status, and does not keep the process', async () => {
    await server.kill9();
    await disk.fill();
    const env = serverEnv({ dataDir: folder, port: await freePort() });
    const child = startChild({ args: [VAQUITA, 'start'], env });
    const { code } = await child.exited;
    expect(child.output()).toMatch(/disk .*full/);
    expect(code).toBe(1);
  });
});

/** Starts runs until what room there is left in the database file is used up. */
async function fillWith({ client }: TestServer, name: string): Promise<unknown> {
  for (let nth = 0; nth < 5_000; nth++) {
    try {
      await client.workflows.start(PROJECT, name);
    } catch (error) {
      return error;
    }
  }
  return 'the disk is never full';
}
