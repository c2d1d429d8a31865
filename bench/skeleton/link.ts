/** One worker process on one socket: frames out, frames in. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Order, Report } from './messages.ts';
import { dispatchId, PROJECT, RUN, taskId, WORKFLOW } from './rows.ts';

export interface Link {
  send(orders: readonly Order[]): void;
  /** Replaces the receiver of frames. */
  onReports(receive: (reports: readonly Report[]) => void): void;
  close(): Promise<void>;
}

export async function openLink(): Promise<Link> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'worker.ts'), `ws://127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  let receive: (reports: readonly Report[]) => void = () => undefined;
  socket.on('message', (data) => receive(JSON.parse(String(data)) as readonly Report[]));
  return {
    send: (orders) => socket.send(JSON.stringify(orders)),
    onReports: (receiver) => {
      receive = receiver;
    },
    async close() {
      const ended = once(worker, 'exit');
      socket.close();
      await ended;
      server.close();
    },
  };
}

export function dispatchOf(n: number): Order {
  return {
    type: 'dispatch',
    dispatchId: dispatchId(n),
    taskInstanceId: taskId(n),
    attempt: 1,
    epoch: 1,
    taskName: `t${n}`,
    taskType: 'noop',
    params: {
      'system.biz.date': '20260101',
      'system.biz.curdate': '20260102',
      'system.datetime': '20260102000000',
      'system.task.instance.id': taskId(n),
      'system.task.definition.name': `t${n}`,
      'system.task.definition.code': `t${n}`,
      'system.workflow.instance.id': RUN,
      'system.workflow.definition.name': 'bench',
      'system.workflow.definition.code': WORKFLOW,
      'system.project.name': 'bench',
      'system.project.code': PROJECT,
    },
    config: { result: 'success' },
    environment: {},
    outputs: [],
    businessTime: 1_767_312_000_000,
    timezone: 'UTC',
    timeoutMs: null,
  };
}
