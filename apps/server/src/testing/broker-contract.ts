/** What holds for every listener that passes events to a broker, against a real one. */
import type { ListenerPlugin } from '@vaquita/plugins';
import { sampleContext, sampleEvent, type TestContext } from '@vaquita/plugins/testing';
import { type ServerProcess, serveNothing } from '@vaquita/runtime/testing';
import { expect, test } from 'vitest';
import { createBuiltInPlugin } from '../listeners/built-in-plugin.ts';

export type Settings = Readonly<Record<string, unknown>>;

export interface BrokerUnderTest {
  readonly plugin: string;
  /** For a server without TLS and login. */
  settings(port: number): Settings;
  start(): Promise<ServerProcess>;
  /** Makes what the listener writes to, where the broker does not by itself. */
  prepare?(server: ServerProcess): Promise<void>;
  /** The CloudEvents that are there, in their order. */
  read(server: ServerProcess): Promise<readonly CloudEvent[]>;
  /** What a server says before it is asked. */
  readonly greeting?: string;
}

export interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly n: number };
}

export function builtIn(name: string, outboundAllow: readonly string[] = ['127.0.0.1']): ListenerPlugin {
  const options = { version: '1.0.0', outboundAllow, outboundProxy: null, trust: [], folder: '/nowhere' };
  return createBuiltInPlugin(name, options)!;
}

/** Null when the event was heard. */
async function tell(plugin: ListenerPlugin, context: TestContext, seq: number): Promise<string | null> {
  try {
    await plugin.onEvent(sampleEvent(seq), context);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const numbers = (events: readonly CloudEvent[]) => events.map(({ data }) => data.n);

/** The first time each event was there: at least once, and in order. */
function firstTimes(events: readonly CloudEvent[]): number[] {
  return [...new Set(numbers(events))];
}

export function describeBrokerListener(broker: BrokerUnderTest): void {
  const { plugin: name, start, settings, read, prepare = async () => {} } = broker;

  test('events are there in their order when they count as heard, over several openings', async () => {
    await using server = await start();
    await prepare(server);
    const plugin = builtIn(name);
    for (const from of [1, 4]) {
      const context = sampleContext(settings(server.port));
      await plugin.open!(context);
      for (const seq of [from, from + 1, from + 2]) {
        await plugin.onEvent(sampleEvent(seq), context);
        expect(numbers(await read(server)).at(-1)).toBe(seq);
      }
      await plugin.close!(context);
    }
    const events = await read(server);
    expect(numbers(events)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(events[0]).toMatchObject({ specversion: '1.0', id: sampleEvent(1).id, type: 'vaquita.workflow.failed' });
  });

  test('no event is lost and the order is kept when the server dies in the middle and comes back', async () => {
    await using server = await start();
    await prepare(server);
    const plugin = builtIn(name);
    const context = sampleContext(settings(server.port));
    await plugin.open!(context);
    for (let seq = 1; seq <= 12; ) {
      if (seq === 4 || seq === 9) {
        const dying = tell(plugin, context, seq);
        await server.kill9();
        // Heard or not: what was not is told again, as the relay does.
        if ((await dying) === null) seq += 1;
        expect(await tell(plugin, context, seq)).toMatch(/could not be reached|broken off/);
        await server.start();
      }
      if ((await tell(plugin, context, seq)) === null) seq += 1;
    }
    expect(firstTimes(await read(server))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('a server that is not there is said to be so, and nothing is left behind', async () => {
    const server = await start();
    await server[Symbol.asyncDispose]();
    const context = sampleContext(settings(server.port));
    await expect(builtIn(name).open!(context)).rejects.toThrow('nobody listens there');
    expect(context.state.size).toBe(0);
  });

  test('a peer that hangs is given up when the signal fires, and the connection is closed', async () => {
    const hanging = await serveNothing(broker.greeting);
    const context = sampleContext(settings(hanging.port));
    const plugin = builtIn(name);
    const opening = plugin.onEvent(sampleEvent(), context);
    await expect.poll(hanging.connections).toBeGreaterThan(0);
    context.control.abort();
    await expect(opening).rejects.toThrow('has not answered within the time');
    await expect.poll(hanging.connections).toBe(0);
  });

  test('a server that stops answering in the middle is given up, and told again when it goes on', async () => {
    await using server = await start();
    await prepare(server);
    const plugin = builtIn(name);
    const context = sampleContext({ ...settings(server.port), timeoutSeconds: 300 });
    await plugin.onEvent(sampleEvent(1), context);
    server.signal('SIGSTOP');
    const call = plugin.onEvent(sampleEvent(2), context);
    context.control.abort();
    await expect(call).rejects.toThrow('has not answered within the time');
    server.signal('SIGCONT');
    const next = sampleContext(settings(server.port));
    await plugin.onEvent(sampleEvent(2), next);
    await plugin.onEvent(sampleEvent(3), next);
    await plugin.close!(next);
    expect(firstTimes(await read(server))).toEqual([1, 2, 3]);
  });

  test('a server that never answers is given up when the time of the settings is over', async () => {
    const hanging = await serveNothing(broker.greeting);
    const context = sampleContext({ ...settings(hanging.port), timeoutSeconds: 1 });
    await expect(builtIn(name).open!(context)).rejects.toThrow('has not answered within 1000 ms');
    await expect.poll(hanging.connections).toBe(0);
  });

  test('an address inside the network is refused unless the operator allows it', async () => {
    const hanging = await serveNothing();
    await expect(builtIn(name, []).open!(sampleContext(settings(hanging.port)))).rejects.toThrow('outboundAllow');
    expect(hanging.connections()).toBe(0);
  });

  test('a server without TLS is not spoken to when TLS is asked for', async () => {
    await using server = await start();
    const context = sampleContext({ ...settings(server.port), tls: true, timeoutSeconds: 1 });
    await expect(builtIn(name).open!(context)).rejects.toThrow(/TLS/);
  });
}
