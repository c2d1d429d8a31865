/**
 * The keeper: a process beside the agent that is the parent of what tasks start, so that they outlive the agent. It takes
 * orders from the agent that started it and from nobody else; what came of them stands in the folders of the attempts,
 * where the next agent finds it too.
 *
 * K1 A process is started for an attempt at most once (W1).
 * K2 What a process prints is in its file before the agent is told to look, and in the order in which it was printed.
 * K3 The end is written when the program is over, nothing of its group is left and all its output is in the files.
 * K4 It lives as long as the agent, or a process that it has started. Nothing but its own end stops it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOutputReader } from '@vaquita/core/outputs';
import { createProcessHost } from '../process-host.ts';
import { identify } from '../process-table.ts';
import { createUsageMeter } from '../process-usage.ts';
import {
  createMessageReader,
  encodeMessage,
  type KeeperHint,
  type KeeperOrder,
  type KeeperPing,
} from './keeper-orders.ts';
import { type KeptEnd, STOP_FILE, type StopRecord } from './spool-format.ts';
import { openSpool, type SpoolWriter } from './spool-writer.ts';

/** Runs until the agent is gone and every process has ended. */
export function runKeeper(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  const self = identify(process.pid) ?? { pid: process.pid, startTime: null };
  const host = createProcessHost(createUsageMeter());
  const hints = createHints(output);
  const running = new Set<Promise<void>>();

  function take(order: KeeperOrder | KeeperPing): void {
    if ('ping' in order) {
      hints.add({ id: order.ping });
      return;
    }
    const one = keep(order).finally(() => running.delete(one));
    running.add(one);
  }

  async function keep(order: KeeperOrder): Promise<void> {
    const { id, folder } = order;
    let spool: SpoolWriter;
    try {
      spool = openSpool(folder, self);
    } catch (error) {
      const problem = problemOf(error);
      // K1: an agent that has claimed it knows that it never started.
      if (problem.code !== 'EEXIST') hints.add({ id, problem });
      return;
    }
    await spool.end(await carryOut(order, spool));
    hints.add({ id });
  }

  async function carryOut({ id, folder, outputs, ...program }: KeeperOrder, spool: SpoolWriter): Promise<KeptEnd> {
    const reader = outputs === null ? null : createOutputReader(outputs);
    try {
      const child = await host.start({
        ...program,
        stopBy: () => readStop(folder),
        onOutput(stream, text) {
          if (stream === 'stdout') reader?.add(text);
          const waiting = spool.add(stream, text);
          hints.add({ id });
          return waiting;
        },
      });
      spool.started(identify(child.pid) ?? { pid: child.pid, startTime: null }, Date.now());
      hints.add({ id });
      const { exitCode, signal, usage } = await child.ended;
      return { exitCode, signal, usage, endedAt: Date.now(), outputs: reader?.finish() ?? null, bytes: spool.bytes };
    } catch (error) {
      return { startProblem: problemOf(error) };
    }
  }

  return new Promise((resolve) => {
    const read = createMessageReader<KeeperOrder | KeeperPing>(take);
    input.setEncoding('utf8');
    input.on('data', read);
    input.once('close', async () => {
      while (running.size > 0) await Promise.all(running);
      resolve();
    });
  });
}

interface Hints {
  add(hint: KeeperHint): void;
}

/** Tells the agent where to look, each attempt once until it has been told: an agent that sleeps is not talked full. */
function createHints(output: NodeJS.WritableStream): Hints {
  const waiting = new Map<string, KeeperHint>();
  let busy = false;
  // The agent is gone; the next one looks by itself.
  output.on('error', () => {});

  function tell(): void {
    busy = waiting.size > 0;
    if (!busy) return;
    const text = [...waiting.values()].map(encodeMessage).join('');
    waiting.clear();
    output.write(text, tell);
  }

  return {
    add(hint) {
      if (waiting.get(hint.id)?.problem === undefined) waiting.set(hint.id, hint);
      if (busy) return;
      busy = true;
      setImmediate(tell);
    },
  };
}

function readStop(folder: string): number | null {
  try {
    return (JSON.parse(readFileSync(join(folder, STOP_FILE), 'utf8')) as StopRecord).by;
  } catch {
    return null;
  }
}

function problemOf(error: unknown): { readonly code: string; readonly message: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return { code, message: error instanceof Error ? error.message : String(error) };
}
