/**
 * Who may import whom, as data. A change of direction between packages is a change of this file and of nothing else,
 * so it shows in review. ARCHITECTURE.md says why each row is as it is.
 */

export interface AllowedImport {
  /** Package name without the `@vaquita/` scope. */
  readonly name: string;
  /** Only `import type`: nothing of the other package may run here. */
  readonly typesOnly?: true;
  /** Only these entry points, as the keys of the other package's `exports`; absent: all of them. */
  readonly entries?: RegExp;
  /** These too, in tests and `src/testing/`. */
  readonly testEntries?: RegExp;
}

export interface ImportRule {
  readonly folder: string;
  /** `'everything'` is for composition roots. */
  readonly may: readonly AllowedImport[] | 'everything';
  /**
   * No module and no global of a particular runtime. Tests and `src/testing/` are free of this rule.
   * A pattern names the paths inside the package that are let off.
   */
  readonly runtimeFree: boolean;
  readonly runtimeFreeExcept?: RegExp;
  /** Beyond runtime-free: no clock, no timers, no randomness, no I/O of its own. */
  readonly pure?: true;
}

const core: AllowedImport = { name: 'core' };
const protocol: AllowedImport = { name: 'protocol' };
const store: AllowedImport = { name: 'store' };
const registry: AllowedImport = { name: 'registry' };

export const IMPORT_TABLE: readonly ImportRule[] = [
  { folder: 'packages/core', may: [], runtimeFree: true, pure: true },
  { folder: 'packages/protocol', may: [core], runtimeFree: true },
  { folder: 'packages/store', may: [core], runtimeFree: true, runtimeFreeExcept: /^src\/drivers\// },
  { folder: 'packages/registry', may: [core, store], runtimeFree: true },
  { folder: 'packages/tasks', may: [core], runtimeFree: true },
  {
    folder: 'packages/plugins',
    // Its tests have the engines work on the store in memory.
    may: [core, { name: 'store', entries: /^$/, testEntries: /^\.\/testing$/ }],
    runtimeFree: true,
  },
  { folder: 'packages/master', may: [core, protocol, store, registry], runtimeFree: true },
  {
    folder: 'packages/api',
    may: [core, store, registry, { name: 'plugins', entries: /^\.\/settings$/ }],
    runtimeFree: true,
  },
  {
    folder: 'packages/client',
    may: [
      { name: 'core', typesOnly: true },
      { name: 'api', typesOnly: true },
    ],
    runtimeFree: true,
  },
  {
    folder: 'packages/runtime',
    // It implements what channels and listeners need of a machine, and the thread that sends alerts runs the channels.
    may: [core, protocol, store, registry, { name: 'plugins', entries: /^\.$/ }],
    runtimeFree: false,
  },
  {
    folder: 'apps/worker',
    // The other duty of the runtime package opens databases; the agent must not carry one. Its tests need a server.
    may: [
      core,
      protocol,
      { name: 'tasks' },
      { name: 'runtime', entries: /^\.\/[a-z]+\/(worker|keeper)$/, testEntries: /^\.\/[a-z]+\/server$/ },
    ],
    runtimeFree: false,
  },
  { folder: 'apps/server', may: 'everything', runtimeFree: false },
  {
    folder: 'apps/web',
    // Its tests hold what it offers to the state machines.
    may: [{ name: 'client' }, { name: 'core', entries: /^$/, testEntries: /^\.$/ }],
    runtimeFree: false,
  },
];

/** Modules that belong to one runtime. */
export const RUNTIME_MODULES: readonly RegExp[] = [
  /^node:/,
  /^bun(:|$)/,
  /^deno(:|$)/,
  /^cloudflare:/,
  /^@hono\/node-/,
  /^hono\/(bun|deno|cloudflare-workers|cloudflare-pages|aws-lambda|lambda-edge|vercel|netlify|service-worker)$/,
  /^ws$/,
];

/** Globals that only some runtimes have. */
export const RUNTIME_GLOBALS: ReadonlySet<string> = new Set([
  'process',
  'Buffer',
  'Deno',
  'Bun',
  'NodeJS',
  'require',
  'module',
  '__dirname',
  '__filename',
  'global',
  'setImmediate',
]);

/** Globals that make a result depend on anything but the arguments. `Date`, `Math` and `crypto` are held by member. */
export const IMPURE_GLOBALS: ReadonlySet<string> = new Set([
  'setTimeout',
  'setInterval',
  'clearTimeout',
  'clearInterval',
  'queueMicrotask',
  'performance',
  'fetch',
  'console',
]);

export const IMPURE_MEMBERS: ReadonlySet<string> = new Set([
  'Date.now',
  'Math.random',
  'Temporal.Now',
  'crypto.getRandomValues',
  'crypto.randomUUID',
  'new Date()',
]);

/** What the worker's entry points must not reach inside the runtime package, by any chain of its files. */
export const WORKER_MUST_NOT_REACH: readonly RegExp[] = [
  /^@vaquita\/(store|registry)(\/|$)/,
  /^(libsql|drizzle-orm|@libsql\/)/,
];

/** Relative imports that leave their package on purpose: from → to, with the reason. */
export const ALLOWED_CROSSINGS: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [
  {
    from: 'apps/web/vite.config.ts',
    to: 'svelte.config.js',
    why: 'the UI settings stand at the root of the repository; the bundler of the UI reads them there',
  },
  {
    from: 'apps/server/src/cli/equivalent.test.ts',
    to: 'apps/web/src/lib/schedules/equivalent.ts',
    why: 'the commands that the UI offers to copy are run by the command line they are meant for',
  },
];
