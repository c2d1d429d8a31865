/** What the rest of the system knows of a task type: its settings. How it runs is the worker's or the engine's business. */
import type * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import type { OutputDefinition } from '../definition.ts';

type Settings = Readonly<Record<string, unknown>>;

export interface TaskType {
  readonly description: string;
  /** The settings, which stand beside the common keys of a task in a document. Defaults are applied at compilation. */
  readonly schema: z.ZodObject;
  /** Keys that are known and refused, each with a sentence that says what to do instead. */
  readonly unsupported?: Readonly<Record<string, string>>;
  /** Rules between the settings and the rest of the task. Paths are relative to the task. */
  readonly check?: (settings: Settings, outputs: readonly OutputDefinition[]) => Problem[];
  /** Rules among the settings, and between them and the tasks around. Paths are relative to the task. */
  readonly checkPlace?: (settings: Settings, place: TaskPlace) => Problem[];
  /** The settings as they are run, where they differ from those that are written. */
  readonly compile?: (settings: Settings) => Settings;
}

/** A task among the others. Names that could not be read are left out. */
export interface TaskPlace {
  readonly workflow: string;
  readonly task: string;
  readonly tasks: ReadonlyMap<string, unknown>;
  /** The tasks that this one depends on, and those that depend on it, directly. */
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
  /** ` Did you mean "x"?`, or nothing. Looks among all tasks, or among `known`. */
  readonly suggest: (name: string, known?: Iterable<string>) => string;
}

/** A longer script could not be sent to a worker in one message. */
export const MAX_SCRIPT_LENGTH = 200_000;
