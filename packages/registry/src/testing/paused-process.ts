/**
 * A child process for a test: takes a lock, writes under it, stops itself with SIGSTOP, and says what becomes of the first
 * things it does when it is woken. It stops itself because then it has nothing under way: a process that is stopped while its
 * transaction holds a database file holds up everybody else.
 */
import { writeSync } from 'node:fs';
import { toAppError } from '@vaquita/core';
import type { Lock } from '../client/locks.ts';
import { joinRegistry, openDatabase } from './real-process.ts';

const [database, timeout] = process.argv.slice(2);
const driver = await openDatabase(database!);
const { store, registry, client } = await joinRegistry(driver, 'paused', Number(timeout));
const states: string[] = [];
client.onConnectionState((state) => states.push(state));

function say(line: Readonly<Record<string, unknown>>): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return toAppError(error).code;
  }
}

/** On a machine that is busy the session may be lost before the test begins. */
async function hold(): Promise<Lock> {
  for (;;) {
    const lock = await client.acquireLock('/lock/paused');
    const writes = [
      client.put('/written/under-lock', 'before', { fence: lock! }),
      client.put('/written/by-session', 'before', { ephemeral: true }),
    ];
    if ((await Promise.all(writes.map(codeOf))).every((code) => code === 'done')) return lock!;
  }
}

const lock = await hold();
say({ is: 'holding', epoch: lock.epoch });
const before = states.length;
process.kill(process.pid, 'SIGSTOP');

// Before any timer has fired: nothing in this process knows yet how long it was away.
const codes = await Promise.all(
  [
    client.put('/written/under-lock', 'after', { fence: lock }),
    client.put('/written/by-session', 'after', { ephemeral: true }),
    client.delete('/written/under-lock', { fence: lock }),
    store.locks.take({ id: client.id, session: 'a session that never was' }, '/lock/other', 'paused'),
  ].map(codeOf),
);
say({ is: 'awake', codes, lockLost: lock.signal.aborted, states });
// It may be back already: what it tried first took its time.
const isBack = () => states.slice(before).includes('reconnected');
await new Promise<void>((resolve) => {
  client.onConnectionState(() => isBack() && resolve());
  if (isBack()) resolve();
});
say({ is: 'back', tries: (await client.tryLock('/lock/paused')) !== null });
await registry.close();
await driver.close();
