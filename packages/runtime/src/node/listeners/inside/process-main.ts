/** Begins a process that runs one plugin. Commands come and answers go over descriptor 3, a line of JSON each. */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';
import { harden } from './harden.ts';
import type { PluginMessage } from './messages.ts';
import { redirectConsole, servePlugin, writeLog } from './serve-plugin.ts';
import { wordsOf } from './words.ts';

const CONTROL = 3;

const control = new Socket({ fd: CONTROL, readable: true, writable: true });
const lineOf = (message: PluginMessage) => `${JSON.stringify(message)}\n`;
// Without its host it has nothing to do.
control.on('close', () => process.exit(0));
control.on('error', () => process.exit(0));
process.on('uncaughtException', (error) => {
  const reason = `an error that nothing has caught: ${wordsOf(error)}`;
  writeLog('error', inspect(error));
  control.end(lineOf({ type: 'fatal', reason }), () => process.exit(1));
});
harden();
redirectConsole();

const take = servePlugin((message) => control.write(lineOf(message)));
createInterface({ input: control }).on('line', (line) => take(JSON.parse(line)));
