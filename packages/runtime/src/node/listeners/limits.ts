/** What a plugin may use, and how long it may take. */
export interface PluginLimits {
  /** Of everything a foreign plugin's process holds in memory, and of the heap of a built-in one. */
  readonly memoryBytes: number;
  /** For starting the isolated side and reading the module, and again for its `open`. */
  readonly startMs: number;
  /** For what was told that its time is over. */
  readonly graceMs: number;
}

export const MIB = 1_048_576;

export const PLUGIN_LIMITS: PluginLimits = { memoryBytes: 256 * MIB, startMs: 30_000, graceMs: 2_000 };

/** Of a plugin's module. Everything bigger carries data that belongs elsewhere. */
export const MAX_CODE_BYTES = 1_048_576;
