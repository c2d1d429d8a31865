/** The agent's command line, read once into a frozen object. What is wrong is told all at once, with what to write instead. */
import { availableParallelism, homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { didYouMean } from '@vaquita/core';
import {
  HEARTBEAT_INTERVAL_MS,
  MAX_SESSION_TIMEOUT_MS,
  MIN_HEARTBEAT_INTERVAL_MS,
  SESSION_TIMEOUT_MS,
} from '@vaquita/protocol';
import { LOG_LEVELS, type LogLevel } from '@vaquita/runtime/node/worker';
import type { AgentOptions } from './agent.ts';
import { DEFAULT_LIMITS } from './load-guard.ts';
import {
  checkNames,
  limitOr,
  listOf,
  nameOf,
  readDuration,
  readHosts,
  readLabels,
  readNumber,
  readServers,
  readShare,
  readSize,
} from './option-values.ts';

export type CommandLine =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'wrong'; readonly problems: readonly string[] }
  | {
      readonly type: 'run';
      readonly options: Required<AgentOptions>;
      readonly graceMs: number;
      readonly logLevel: LogLevel;
    };

type Env = Readonly<Record<string, string | undefined>>;

const FLAGS = {
  server: { type: 'string', multiple: true },
  'trust-host': { type: 'string', multiple: true },
  token: { type: 'string' },
  name: { type: 'string' },
  group: { type: 'string', multiple: true },
  label: { type: 'string', multiple: true },
  weight: { type: 'string' },
  slots: { type: 'string' },
  'work-dir': { type: 'string' },
  heartbeat: { type: 'string' },
  grace: { type: 'string' },
  'max-cpu': { type: 'string' },
  'max-memory': { type: 'string' },
  'min-disk': { type: 'string' },
  'forget-epoch': { type: 'boolean' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export function parseCommandLine(args: readonly string[], env: Env): CommandLine {
  let values: Partial<Record<keyof typeof FLAGS, string | boolean | string[]>>;
  try {
    ({ values } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: false }));
  } catch (error) {
    return { type: 'wrong', problems: [explainFlag(error, args)] };
  }
  if (values.help) return { type: 'help' };
  if (values.version) return { type: 'version' };

  const problems: string[] = [];
  const flag = (name: keyof typeof FLAGS): string | undefined => {
    const given = values[name] ?? env[`VAQUITA_WORKER_${name.toUpperCase().replaceAll('-', '_')}`];
    const text = Array.isArray(given) ? given.join(',') : typeof given === 'string' ? given : undefined;
    return text === undefined || text.trim() === '' ? undefined : text.trim();
  };

  const name = flag('name') ?? nameOf(hostname());
  const heartbeatIntervalMs = readDuration('heartbeat', flag('heartbeat'), HEARTBEAT_INTERVAL_MS, problems);
  if (heartbeatIntervalMs < MIN_HEARTBEAT_INTERVAL_MS) {
    problems.push(`--heartbeat must be at least ${MIN_HEARTBEAT_INTERVAL_MS}ms.`);
  }
  const sessionTimeoutMs = Math.round((heartbeatIntervalMs / HEARTBEAT_INTERVAL_MS) * SESSION_TIMEOUT_MS);
  if (sessionTimeoutMs > MAX_SESSION_TIMEOUT_MS) problems.push('--heartbeat must be at most 10m.');
  const options: Required<AgentOptions> = Object.freeze({
    urls: readServers(flag('server'), problems),
    trustedHosts: readHosts(listOf(flag('trust-host') ?? ''), problems),
    token: flag('token') ?? '',
    name,
    groups: checkNames('group', listOf(flag('group') ?? 'default'), problems),
    labels: readLabels(listOf(flag('label') ?? ''), problems),
    weight: readNumber('weight', flag('weight') ?? '1', { least: 0.01, most: 10_000, whole: false }, problems),
    slots: readNumber(
      'slots',
      flag('slots') ?? String(availableParallelism()),
      { least: 1, most: 1_000, whole: true },
      problems,
    ),
    workDir: resolve(flag('work-dir') ?? join(homedir(), '.vaquita', `worker-${name}`)),
    heartbeatIntervalMs,
    forgetsEpoch: values['forget-epoch'] === true,
    limits: {
      cpu: limitOr(flag('max-cpu'), DEFAULT_LIMITS.cpu, (text) => readShare('max-cpu', text, problems)),
      memory: limitOr(flag('max-memory'), DEFAULT_LIMITS.memory, (text) => readShare('max-memory', text, problems)),
      diskFreeBytes: limitOr(flag('min-disk'), DEFAULT_LIMITS.diskFreeBytes, (text) =>
        readSize('min-disk', text, problems),
      ),
    },
    endsWhenDeaf: true,
    sessionTimeoutMs,
  });
  checkNames('name', [name], problems);
  if (options.token === '') {
    problems.push(
      'There is no token. Make one on the server with `vaquita worker-token create --name <name>` and give it in VAQUITA_WORKER_TOKEN or with --token.',
    );
  }
  const graceMs = readDuration('grace', flag('grace'), 30_000, problems);
  const level = flag('log-level') ?? 'info';
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (logLevel === undefined) problems.push(`--log-level must be one of ${LOG_LEVELS.join(', ')}, not "${level}".`);
  if (problems.length > 0 || logLevel === undefined) return { type: 'wrong', problems };
  return { type: 'run', options, graceMs, logLevel };
}

function explainFlag(error: unknown, args: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error);
  const known = Object.keys(FLAGS);
  const unknown = args.find((arg) => arg.startsWith('--') && !known.includes(arg.slice(2).split('=')[0]!));
  if (unknown === undefined) return message;
  const flag = unknown.split('=')[0]!;
  return `There is no option ${flag}.${didYouMean(
    flag,
    known.map((name) => `--${name}`),
  )}`;
}
