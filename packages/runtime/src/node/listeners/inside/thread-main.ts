/** Begins a thread that runs one plugin that comes with the server. */
import { parentPort } from 'node:worker_threads';
import { redirectConsole, servePlugin } from './serve-plugin.ts';

redirectConsole();
const take = servePlugin((message) => parentPort!.postMessage(message));
parentPort!.on('message', take);
