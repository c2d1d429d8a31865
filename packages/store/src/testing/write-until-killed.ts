/** A child process for a test: writes units of two rows, prints each id once it is acknowledged, until it is killed. */
import { writeSync } from 'node:fs';
import { openEmbeddedDriver } from '../drivers/embedded.ts';
import { openThreadDriver } from '../drivers/thread.ts';

const [path, name] = process.argv.slice(2);
const driver = await (name === 'in a thread' ? openThreadDriver : openEmbeddedDriver)({ path: path! });
await driver.write([{ sql: 'create table t (id integer, part integer)', args: [] }]);
let next = 0;

async function writeForever(): Promise<void> {
  for (;;) {
    const id = next++;
    const parts = [1, 2].map((part) => ({ sql: 'insert into t values (?, ?)', args: [id, part] }));
    await driver.write(parts);
    writeSync(1, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, writeForever));
