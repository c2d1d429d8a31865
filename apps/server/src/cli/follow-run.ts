/** Follows a run to its end: the event stream says when to look, the run's rows say what there is. */
import type { VaquitaClient } from '@vaquita/client';
import { isWorkflowTerminal } from '@vaquita/core';
import type { RunSnapshot } from './progress.ts';

/** At most one look in this time, however many events come. */
const LOOK_EVERY_MS = 250;
/** And one in this time although nothing was told: why something waits may change without an event. */
const LOOK_ANYWAY_MS = 3_000;

/** Hands out a snapshot after each change, the last one with a run that has ended. Stops when the signal is aborted. */
export async function* followRun(
  client: VaquitaClient,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<RunSnapshot, void, undefined> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const changes = createWaker();
  const listening = listen(client, id, { signal: stop.signal, wake: changes.wake });
  // A failure is met in the race below, or of no interest any more.
  listening.catch(() => {});
  try {
    while (!signal.aborted) {
      const snapshot = await look(client, id);
      yield snapshot;
      if (isWorkflowTerminal(snapshot.instance.state)) return;
      await pause(LOOK_EVERY_MS, signal);
      const waited = new AbortController();
      await Promise.race([changes.woken(), listening, pause(LOOK_ANYWAY_MS, waited.signal)]);
      waited.abort();
    }
  } finally {
    abort();
    signal.removeEventListener('abort', abort);
    await listening.catch(() => {});
  }
}

async function look(client: VaquitaClient, id: string): Promise<RunSnapshot> {
  // The run is read first: when it has ended, the tasks read after it are all at their ends too.
  const instance = await client.instances.get(id);
  const { items } = await client.instances.tasks(id);
  return { instance, tasks: items };
}

async function listen(
  client: VaquitaClient,
  id: string,
  { signal, wake }: { readonly signal: AbortSignal; readonly wake: () => void },
): Promise<void> {
  // Events between the look and the opening of the stream are not told, so each opening is a reason to look too.
  for await (const _event of client.stream({ workflowInstanceId: id, signal, onOpen: wake })) wake();
}

function createWaker() {
  let pending = false;
  let resolveWait: (() => void) | undefined;
  return {
    wake() {
      pending = true;
      resolveWait?.();
    },
    /** Resolves at once when something happened since the last time. */
    async woken(): Promise<void> {
      if (!pending) {
        await new Promise<void>((resolve) => {
          resolveWait = resolve;
        });
      }
      pending = false;
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
