/**
 * The server's settings: environment, then `vaquita.config.json`, then defaults; read once into a frozen object.
 * Everything that is wrong is reported at once, with its place and what to write instead.
 */

import { isAbsolute, join, resolve } from 'node:path';
import { AppError, didYouMean, formatDuration, type Problem } from '@vaquita/core';
import {
  atLeast,
  basePath,
  contentDatabaseUrl,
  databaseUrl,
  duration,
  flag,
  integer,
  keptFor,
  limit,
  list,
  oneOf,
  type Parse,
  redisUrl,
  secretKey,
  serverUrl,
  text,
  type Value,
  webAddress,
} from './setting-parsers.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** Below which browsers and workers find it, such as `/vaquita`; empty: at the root of its host. */
  readonly basePath: string;
  /** Absolute. */
  readonly dataDir: string;
  /** `file:…`, `http(s)://…` or `libsql://…`. */
  readonly databaseUrl: string;
  /** The access token of a libSQL server; or the file that holds it, which is read again when the server refuses it. */
  readonly databaseToken: string | null;
  readonly databaseTokenFile: string | null;
  /** The database of logs and files of tasks; null: the data folder of this server, where no other finds them. */
  readonly contentDatabaseUrl: string | null;
  readonly contentDatabaseToken: string | null;
  readonly contentDatabaseTokenFile: string | null;
  /** 32 bytes as base64 or hex, under which secrets are kept; null: a key in a file beside the database. */
  readonly secretKey: string | null;
  /** What is kept of one log, in a database. */
  readonly maxLogMib: number;
  /** Where workers and other servers reach this one; null: where it listens, if that is one address. */
  readonly advertiseUrl: string | null;
  readonly adminPassword: string | null;
  readonly adminToken: string | null;
  readonly embeddedWorker: boolean;
  readonly embeddedWorkerSlots: number;
  /** Loads the example workflows when the database is new. */
  readonly examples: boolean;
  /** The largest file that a task may pass on. */
  readonly maxFileMib: number;
  /** Runs beyond these wait for admission; runs that a run has started always go on. Null: no limit. */
  readonly maxLiveRuns: number | null;
  readonly maxLiveRunsPerProject: number | null;
  readonly maxQueuedTasks: number | null;
  readonly maxQueuedTasksPerProject: number | null;
  /** Runs of all backfills that may be under way at once. */
  readonly maxBackfillRuns: number;
  /** Runs that one backfill may be made of. */
  readonly maxBackfillItems: number;
  /** Open runs that a new leader reads at a time, and how many of them it builds at a time. */
  readonly recoveryPage: number;
  readonly recoveryAtOnce: number;
  /** How often a task that lost its worker is sent elsewhere before it fails. */
  readonly maxFailovers: number;
  readonly logLevel: LogLevel;
  readonly metricsOpen: boolean;
  readonly trustProxy: boolean;
  readonly signInTtlMs: number;
  /** How long this server may be silent before another one takes the lead. */
  readonly sessionTimeoutMs: number;
  /** How long changes of the registry stay on record, and how long at most for subscribers that are behind. */
  readonly registryEventKeepMs: number;
  readonly registryEventKeepAtMostMs: number;
  /** How long a run is kept after its end; null: for good. */
  readonly keepRunsMs: number | null;
  /** How many runs of a workflow are kept; null: however many. */
  readonly keepRunsPerWorkflow: number | null;
  /** How many of a workflow's newest runs are kept whatever their age. */
  readonly keepRunsAtLeast: number;
  readonly keepAuditMs: number | null;
  /** How long alerts are kept after their last try; null: for good. */
  readonly keepAlertsMs: number | null;
  /** How often is looked for what may go. */
  readonly janitorIntervalMs: number;
  /** Alerts of one kind about one thing within this time become one message. */
  readonly alertFoldWindowMs: number;
  /** How often an alert is tried on a channel before it is given up. */
  readonly alertAttempts: number;
  /** What lies outside the public internet and may be reached all the same, with commas: ranges, addresses, names, `*.name`. */
  readonly outboundAllow: string | null;
  /** Whether alerts go through the proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name. */
  readonly outboundProxy: boolean;
  /** A file of certificates (PEM) of authorities that are trusted beside the usual ones. */
  readonly outboundCertificates: string | null;
  /** Where listener plugins that are packages are fetched from. */
  readonly pluginRegistry: string | null;
  /** The Redis server in which listener events are kept; null: the database of everything else. */
  readonly listenerEventsUrl: string | null;
  /** How long a listener may take over one event. */
  readonly listenerTimeoutMs: number;
  /** How long events are kept that all listeners which wanted them have heard. */
  readonly keepListenerEventsMs: number;
  /** People are told when events that listeners have yet to hear take more. */
  readonly listenerBacklogMib: number;
  /** And when one event has blocked a listener for so long. */
  readonly listenerBlockedMs: number;
  /** How long running tasks of the embedded worker get to end when the server is told to. */
  readonly shutdownGraceMs: number;
}

interface Setting {
  readonly env: string;
  readonly parse: Parse;
  /** Given the values known so far, in the order of the table. */
  readonly fallback: (known: Readonly<Record<string, Value>>, env: Environment) => Value;
  readonly secret?: true;
  readonly duration?: true;
  /** Null means that there is no limit. */
  readonly limit?: true;
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type SettingSource = 'environment' | 'file' | 'default';

export interface LoadedSettings {
  readonly settings: ServerSettings;
  readonly sources: Readonly<Record<keyof ServerSettings, SettingSource>>;
  /** The file that was read, if there was one. */
  readonly file: string | null;
}

const DAY_MS = 86_400_000;
export const CONFIG_FILE = 'vaquita.config.json';

const SETTINGS: Readonly<Record<keyof ServerSettings, Setting>> = {
  host: { env: 'VAQUITA_HOST', parse: text, fallback: () => '127.0.0.1' },
  port: { env: 'VAQUITA_PORT', parse: integer(0, 65_535), fallback: () => 8080 },
  basePath: { env: 'VAQUITA_BASE_PATH', parse: basePath, fallback: () => '' },
  dataDir: { env: 'VAQUITA_DATA_DIR', parse: text, fallback: () => './data' },
  databaseUrl: {
    env: 'VAQUITA_DATABASE_URL',
    parse: databaseUrl,
    fallback: ({ dataDir }) => `file:${join(String(dataDir), 'vaquita.db')}`,
  },
  databaseToken: { env: 'VAQUITA_DATABASE_TOKEN', parse: atLeast(1), fallback: () => null, secret: true },
  databaseTokenFile: { env: 'VAQUITA_DATABASE_TOKEN_FILE', parse: text, fallback: () => null },
  contentDatabaseUrl: {
    env: 'VAQUITA_CONTENT_DATABASE_URL',
    parse: contentDatabaseUrl,
    fallback: ({ databaseUrl }) => (String(databaseUrl).startsWith('file:') ? null : String(databaseUrl)),
  },
  contentDatabaseToken: {
    env: 'VAQUITA_CONTENT_DATABASE_TOKEN',
    parse: atLeast(1),
    fallback: () => null,
    secret: true,
  },
  contentDatabaseTokenFile: { env: 'VAQUITA_CONTENT_DATABASE_TOKEN_FILE', parse: text, fallback: () => null },
  secretKey: { env: 'VAQUITA_SECRET_KEY', parse: secretKey, fallback: () => null, secret: true },
  maxLogMib: { env: 'VAQUITA_MAX_LOG_MIB', parse: integer(1, 1_048_576), fallback: () => 64 },
  advertiseUrl: { env: 'VAQUITA_ADVERTISE_URL', parse: serverUrl, fallback: () => null },
  adminPassword: { env: 'VAQUITA_ADMIN_PASSWORD', parse: atLeast(8), fallback: () => null, secret: true },
  adminToken: { env: 'VAQUITA_ADMIN_TOKEN', parse: atLeast(24), fallback: () => null, secret: true },
  embeddedWorker: {
    env: 'VAQUITA_EMBEDDED_WORKER',
    parse: flag,
    fallback: (_, env) => env.NODE_ENV !== 'production',
  },
  embeddedWorkerSlots: { env: 'VAQUITA_EMBEDDED_WORKER_SLOTS', parse: integer(1, 1000), fallback: () => 4 },
  examples: { env: 'VAQUITA_EXAMPLES', parse: flag, fallback: (_, env) => env.NODE_ENV !== 'production' },
  maxFileMib: { env: 'VAQUITA_MAX_FILE_MIB', parse: integer(1, 1_048_576), fallback: () => 1024 },
  maxLiveRuns: limited('VAQUITA_MAX_LIVE_RUNS', 10_000),
  maxLiveRunsPerProject: limited('VAQUITA_MAX_LIVE_RUNS_PER_PROJECT', null),
  maxQueuedTasks: limited('VAQUITA_MAX_QUEUED_TASKS', 100_000),
  maxQueuedTasksPerProject: limited('VAQUITA_MAX_QUEUED_TASKS_PER_PROJECT', null),
  maxBackfillRuns: { env: 'VAQUITA_MAX_BACKFILL_RUNS', parse: integer(1, 10_000), fallback: () => 16 },
  maxBackfillItems: { env: 'VAQUITA_MAX_BACKFILL_ITEMS', parse: integer(1, 100_000), fallback: () => 10_000 },
  recoveryPage: { env: 'VAQUITA_RECOVERY_PAGE', parse: integer(1, 500), fallback: () => 200 },
  recoveryAtOnce: { env: 'VAQUITA_RECOVERY_AT_ONCE', parse: integer(1, 256), fallback: () => 8 },
  maxFailovers: { env: 'VAQUITA_MAX_FAILOVERS', parse: integer(0, 1000), fallback: () => 3 },
  logLevel: { env: 'VAQUITA_LOG_LEVEL', parse: oneOf(LOG_LEVELS), fallback: () => 'info' },
  metricsOpen: { env: 'VAQUITA_METRICS_OPEN', parse: flag, fallback: () => false },
  trustProxy: { env: 'VAQUITA_TRUST_PROXY', parse: flag, fallback: () => false },
  signInTtlMs: {
    env: 'VAQUITA_SIGN_IN_TTL',
    parse: duration('1m', '365d'),
    fallback: () => 7 * 86_400_000,
    duration: true,
  },
  sessionTimeoutMs: {
    env: 'VAQUITA_SESSION_TIMEOUT',
    parse: duration('1s', '1h'),
    fallback: () => 10_000,
    duration: true,
  },
  registryEventKeepMs: {
    env: 'VAQUITA_REGISTRY_EVENT_KEEP',
    parse: duration('1m', '365d'),
    fallback: () => 2 * 3_600_000,
    duration: true,
  },
  registryEventKeepAtMostMs: {
    env: 'VAQUITA_REGISTRY_EVENT_KEEP_AT_MOST',
    parse: duration('1m', '365d'),
    fallback: () => 24 * 3_600_000,
    duration: true,
  },
  keepRunsMs: kept('VAQUITA_KEEP_RUNS', 90 * DAY_MS),
  keepRunsPerWorkflow: limited('VAQUITA_KEEP_RUNS_PER_WORKFLOW', 10_000),
  keepRunsAtLeast: {
    env: 'VAQUITA_KEEP_RUNS_AT_LEAST',
    parse: integer(1, 1_000_000),
    fallback: () => 10,
  },
  keepAuditMs: kept('VAQUITA_KEEP_AUDIT', 730 * DAY_MS),
  keepAlertsMs: kept('VAQUITA_KEEP_ALERTS', 90 * DAY_MS),
  janitorIntervalMs: {
    env: 'VAQUITA_JANITOR_INTERVAL',
    parse: duration('1s', '7d'),
    fallback: () => 600_000,
    duration: true,
  },
  alertFoldWindowMs: {
    env: 'VAQUITA_ALERT_FOLD_WINDOW',
    parse: duration('0s', '1d'),
    fallback: () => 300_000,
    duration: true,
  },
  alertAttempts: { env: 'VAQUITA_ALERT_ATTEMPTS', parse: integer(1, 100), fallback: () => 15 },
  outboundAllow: { env: 'VAQUITA_OUTBOUND_ALLOW', parse: list, fallback: () => null },
  outboundProxy: { env: 'VAQUITA_OUTBOUND_PROXY', parse: flag, fallback: () => false },
  outboundCertificates: { env: 'VAQUITA_OUTBOUND_CERTIFICATES', parse: text, fallback: () => null },
  pluginRegistry: { env: 'VAQUITA_PLUGIN_REGISTRY', parse: webAddress, fallback: () => null },
  listenerEventsUrl: { env: 'VAQUITA_LISTENER_EVENTS_URL', parse: redisUrl, fallback: () => null, secret: true },
  listenerTimeoutMs: {
    env: 'VAQUITA_LISTENER_TIMEOUT',
    parse: duration('1s', '10m'),
    fallback: () => 30_000,
    duration: true,
  },
  keepListenerEventsMs: {
    env: 'VAQUITA_KEEP_LISTENER_EVENTS',
    parse: duration('1m', '365d'),
    fallback: () => 7 * DAY_MS,
    duration: true,
  },
  listenerBacklogMib: { env: 'VAQUITA_LISTENER_BACKLOG_MIB', parse: integer(1, 100_000), fallback: () => 256 },
  listenerBlockedMs: {
    env: 'VAQUITA_LISTENER_BLOCKED',
    parse: duration('10s', '7d'),
    fallback: () => 300_000,
    duration: true,
  },
  shutdownGraceMs: {
    env: 'VAQUITA_SHUTDOWN_GRACE',
    parse: duration('0s', '1h'),
    fallback: () => 10_000,
    duration: true,
  },
};

function limited(env: string, fallback: number | null): Setting {
  return { env, parse: limit, fallback: () => fallback, limit: true };
}

/** Null: for good. */
function kept(env: string, fallback: number | null): Setting {
  return { env, parse: keptFor, fallback: () => fallback, duration: true };
}

const KEYS = Object.keys(SETTINGS) as (keyof ServerSettings)[];

export interface SettingsInput {
  readonly env: Environment;
  /** Text of the settings file, or null when there is none. */
  readonly file: { readonly path: string; readonly text: string } | null;
  /** Against which relative folders are resolved. */
  readonly cwd: string;
}

/** @throws AppError `bad_settings` naming everything that is wrong. */
export function readSettings({ env, file, cwd }: SettingsInput): LoadedSettings {
  const problems: Problem[] = [];
  const fromFile = file === null ? {} : readFile(file, problems);
  const values: Record<string, Value> = {};
  const sources: Record<string, SettingSource> = {};

  for (const key of KEYS) {
    const { env: name, parse, fallback } = SETTINGS[key];
    // An empty variable means "not set": that is how compose files and shells leave one out.
    const given = env[name] === '' ? undefined : env[name];
    const source: SettingSource = given !== undefined ? 'environment' : key in fromFile ? 'file' : 'default';
    sources[key] = source;
    if (source === 'default') {
      values[key] = fallback(values, env);
    } else {
      const result = parse(source === 'environment' ? given! : String(fromFile[key]));
      if ('value' in result) values[key] = result.value;
      else problems.push({ path: source === 'environment' ? name : `${file?.path}: ${key}`, message: result.problem });
    }
    if (key === 'dataDir' && typeof values[key] === 'string' && !isAbsolute(values[key])) {
      values[key] = resolve(cwd, values[key]);
    }
  }
  if (problems.length > 0) throw badSettings(problems);
  return {
    settings: Object.freeze(values) as unknown as ServerSettings,
    sources: sources as LoadedSettings['sources'],
    file: file?.path ?? null,
  };
}

function badSettings(problems: readonly Problem[]): AppError {
  const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
  return new AppError('bad_settings', `The settings are not valid:\n${lines.join('\n')}`, { problems });
}

function readFile(
  file: { readonly path: string; readonly text: string },
  problems: Problem[],
): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch (cause) {
    problems.push({ path: file.path, message: `This is not valid JSON: ${(cause as Error).message}` });
    return {};
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ path: file.path, message: 'The file must hold one JSON object.' });
    return {};
  }
  // Durations are written as in the environment: "signInTtl": "7d".
  const names = new Map(KEYS.map((key) => [key.replace(/Ms$/, ''), key]));
  const known: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(value)) {
    const key = names.get(name);
    if (key === undefined) {
      const message = `There is no such setting.${didYouMean(name, names.keys())}`;
      problems.push({ path: `${file.path}: ${name}`, message });
    } else if (given !== null && !['string', 'number', 'boolean'].includes(typeof given)) {
      problems.push({ path: `${file.path}: ${name}`, message: 'Write a text, a number, true or false.' });
    } else if (given !== null) known[key] = given;
  }
  return known;
}

export interface DescribedSetting {
  readonly env: string;
  readonly value: string;
  readonly source: SettingSource;
}

/** Every effective value as text; of secrets only whether they are set. */
export function describeSettings({ settings, sources }: LoadedSettings): readonly DescribedSetting[] {
  return KEYS.map((key) => {
    const { env, secret, duration: isDuration, limit: isLimit } = SETTINGS[key];
    const value = settings[key];
    let shown = value === null ? (isLimit || isDuration ? 'none' : '(not set)') : String(value);
    if (value !== null && secret) shown = '(set)';
    else if (value !== null && isDuration) shown = formatDuration(Number(value));
    return { env, value: shown, source: sources[key] };
  });
}
