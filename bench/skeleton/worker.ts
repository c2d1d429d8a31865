/** The skeleton's worker: answers each dispatch at once with ack, started and result, and runs nothing. */
import { WebSocket } from 'ws';
import type { Dispatch, Order, Report } from './messages.ts';

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: worker.ts <ws url>');

const socket = new WebSocket(url, { perMessageDeflate: false });
socket.on('message', (data) => {
  const orders = JSON.parse(String(data)) as readonly Order[];
  const reports = orders.filter((order): order is Dispatch => order.type === 'dispatch').flatMap(answer);
  if (reports.length > 0) socket.send(JSON.stringify(reports));
});
socket.on('close', () => process.exit(0));
socket.on('error', (error) => {
  console.error(error);
  process.exit(1);
});

function answer({ dispatchId, epoch }: Dispatch): readonly Report[] {
  const now = Date.now();
  return [
    { type: 'ack', dispatchId },
    { type: 'started', dispatchId, processId: null, at: now },
    { type: 'result', dispatchId, epoch, state: 'success', exitCode: 0, outputs: {}, startedAt: now, endedAt: now },
  ];
}
