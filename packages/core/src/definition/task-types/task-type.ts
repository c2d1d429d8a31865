/** What the rest of the system knows of a task type: its settings. How it runs is the worker's business. */
import type * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import type { OutputDefinition } from '../definition.ts';

export interface TaskType {
  readonly description: string;
  /** The settings, which stand beside the common keys of a task in a document. Defaults are applied at compilation. */
  readonly schema: z.ZodObject;
  /** Settings that are known and refused for now, each with a sentence that says what to do instead. */
  readonly unsupported?: Readonly<Record<string, string>>;
  /** Rules between the settings and the rest of the task. Paths are relative to the task. */
  readonly check?: (config: Readonly<Record<string, unknown>>, outputs: readonly OutputDefinition[]) => Problem[];
}

/** A longer script could not be sent to a worker in one message. */
export const MAX_SCRIPT_LENGTH = 200_000;
