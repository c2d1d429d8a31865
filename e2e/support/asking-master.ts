/** A master on a real socket that agents join, to be asked things that no API offers yet. Its rows are in memory. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createIdSource } from '@vaquita/core';
import { createMaster, type Master } from '@vaquita/master';
import { createWorkerSockets, systemClock, systemRandom } from '@vaquita/runtime/node/server';
import { createMemoryLogStore, createMemoryStore } from '@vaquita/store/testing';

export interface AskingMaster extends AsyncDisposable {
  readonly master: Master;
  /** For agents, with any token. */
  readonly url: string;
}

export async function startAskingMaster(): Promise<AskingMaster> {
  const store = createMemoryStore({ clock: systemClock });
  const quiet = () => {};
  const master = createMaster({
    lease: {
      async acquire() {
        store.leader.set(1);
        return { epoch: 1 };
      },
      release: async () => store.leader.set(null),
      onLost() {},
    },
    store: store.master,
    logs: createMemoryLogStore(),
    clock: systemClock,
    random: systemRandom,
    ids: createIdSource(systemClock, systemRandom),
    serverId: 'asking',
    judgeToken: async () => 'valid',
    log: { info: quiet, warn: quiet, error: quiet },
    defer: (run) => void setImmediate(run),
  });
  await master.start();
  const sockets = createWorkerSockets(master.accept);
  const server = createServer().on('upgrade', sockets.upgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    master,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      await master.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
