/**
 * How a built-in listener is written, and how it becomes a plugin like any other.
 *
 * L1 Settings that do not hold are never used: they are read through the schema at every opening.
 * L2 No secret of the settings is in an error, whoever repeats it.
 * L3 After a failure nothing of the old opening is used again: the next try opens anew.
 * L4 When the signal fires the call ends, whatever the other side does.
 */
import { AppError, type ListenerEvent } from '@vaquita/core';
import type * as z from 'zod';
import { cut, oneLine } from '../alerts/rendering/words.ts';
import { createRedact, secretsIn } from '../alerts/secrets.ts';
import { readSettings, settingsForm } from '../alerts/settings-form.ts';
import type { ListenerContext, ListenerPlugin } from './listener-plugin.ts';
import type { ListenerPorts } from './ports.ts';

export interface BuiltInListener<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly settings: Schema;
  /** Connects where there is something to connect to. */
  open(settings: z.output<Schema>, means: OpeningMeans): Promise<Hearing>;
}

export interface OpeningMeans {
  readonly ports: ListenerPorts;
  readonly instance: ListenerContext['instance'];
  readonly signal: AbortSignal;
}

/** What is open from an opening to the next failure. */
export interface Hearing {
  /** False when it is known that nothing can be heard through it any more. */
  isOpen?(): boolean;
  hear(event: ListenerEvent, signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}

/** Keeps the type of its settings for `open` and gives it up for the list. */
export function defineBuiltIn<Schema extends z.ZodObject>(listener: BuiltInListener<Schema>): BuiltInListener {
  return listener as unknown as BuiltInListener;
}

const HEARING = 'hearing';
const MAX_REASON = 1_000;

export function asPlugin(listener: BuiltInListener, ports: ListenerPorts, version: string): ListenerPlugin {
  const form = settingsForm(listener);

  async function open(context: ListenerContext): Promise<Hearing> {
    await drop(context);
    const { signal, instance } = context;
    const opening = listener.open(readSettings(listener, context.settings), { ports, instance, signal });
    // What opens after everybody has gone is closed again.
    opening.then(
      (late) => (signal.aborted ? late.close?.() : undefined),
      () => undefined,
    );
    const hearing = await untilAborted(opening, signal);
    context.state.set(HEARING, hearing);
    return hearing;
  }

  async function hear(event: ListenerEvent, context: ListenerContext): Promise<void> {
    const known = context.state.get(HEARING) as Hearing | undefined;
    const hearing = known && known.isOpen?.() !== false ? known : await open(context);
    await untilAborted(hearing.hear(event, context.signal), context.signal);
  }

  async function guarded<T>(context: ListenerContext, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await drop(context);
      const redact = createRedact(secretsIn(form, context.settings));
      throw new Error(cut(oneLine(redact(sentenceOf(error, context.signal))), MAX_REASON));
    }
  }

  return {
    name: listener.name,
    title: listener.title,
    version,
    settings: form,
    open: (context) => guarded(context, async () => void (await open(context))),
    onEvent: (event, context) => guarded(context, () => hear(event, context)),
    close: (context) => drop(context),
  };
}

async function drop({ state }: ListenerContext): Promise<void> {
  const hearing = state.get(HEARING) as Hearing | undefined;
  state.delete(HEARING);
  await hearing?.close?.();
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const given = Promise.withResolvers<T>();
  const abort = () => given.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  work.then(given.resolve, given.reject);
  return given.promise.finally(() => signal.removeEventListener('abort', abort));
}

function sentenceOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted)
    return 'The other side has not answered within the time for one event, or the listener was stopped';
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const problems = error.problems.map(({ path, message }) => `${path}: ${message}`);
  return [error.message, ...problems].join('; ');
}
