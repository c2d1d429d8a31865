/** A database thread for a test: opens, and dies of its first request. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'libsql';

new Database((workerData as { path: string }).path).close();
parentPort!.postMessage([{ id: 0, results: [] }]);
parentPort!.on('message', () => {
  throw new Error('the thread of a test dies as it should');
});
