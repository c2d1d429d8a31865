/**
 * The floor of `workers`: a server that welcomes whoever says hello, acknowledges heartbeats, and knows nothing.
 * `node bench/crowd/bare-door.ts <port>`.
 */
import { createServer } from 'node:http';
import { createMasterSession } from '@vaquita/protocol';
import { createWorkerSockets, systemClock } from '@vaquita/runtime/node/server';

const port = Number(process.argv[2]);
let sessions = 0;
const server = createServer();
const sockets = createWorkerSockets((wire) => {
  createMasterSession(wire, {
    clock: systemClock,
    async onHello(_hello, version) {
      sessions += 1;
      return {
        type: 'welcome',
        sessionId: String(sessions),
        epoch: 1,
        serverId: 'bare',
        version,
        maxFrameBytes: 1_048_576,
        ackTimeoutMs: 10_000,
        keep: [],
        abandon: [],
      };
    },
    onMessage() {},
    onHeartbeat() {},
    onClosed() {},
  });
});
server.on('upgrade', sockets.upgrade);
server.listen(port, '127.0.0.1', () => console.log('ready'));
