/** The agent's command line, read once into a frozen object. What is wrong is told all at once, with what to write instead. */
import { availableParallelism, homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkLabelName, checkLabelValue, didYouMean, parseDuration } from '@vaquita/core';
import { HEARTBEAT_INTERVAL_MS, MIN_HEARTBEAT_INTERVAL_MS, SESSION_TIMEOUT_MS, socketUrl } from '@vaquita/protocol';
import { LOG_LEVELS, type LogLevel } from '@vaquita/runtime/node/worker';
import type { AgentOptions } from './agent.ts';
import { TRUSTED_HOST } from './redirects.ts';

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
  'forget-epoch': { type: 'boolean' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export const HELP = `Joins a Vaquita server as a worker and runs tasks for it.

  vaquita-worker --server <url> --token <token>

  --server <url>      the server, such as http://localhost:8080 or wss://vaquita.example.org
                      (several, separated by commas, for servers that stand in for each other)
  --trust-host <h,…>  further hosts to which a server may send this worker, and its token, because the leader is there,
                      such as vaquita-2.internal or *.vaquita.internal; those of --server are trusted anyway
  --token <token>     a worker token, made on the server with: vaquita worker-token create --name <name>
                      (better in the variable VAQUITA_WORKER_TOKEN: a command line is visible to others)
  --name <name>       name of this worker; default: the name of this machine
  --group <a,b>       worker groups to serve; default: default
  --slots <n>         tasks at the same time; default: the number of processors
  --label <k=v>       a label that tasks can ask for, such as gpu=true; may be repeated
  --weight <n>        its share of the tasks in groups that balance by weight; default: 1
  --work-dir <path>   folder for results and running tasks; default: ~/.vaquita/worker-<name>
  --heartbeat <time>  between two signs of life, such as 10s; the server gives a worker up after three times that
  --grace <time>      how long running tasks may go on after Ctrl-C or SIGTERM; default: 30s
  --forget-epoch      work for servers whose database was restored from a copy; give it once
  --log-level <l>     debug, info, warn or error; default: info
  --help, --version

Each option but --forget-epoch, --help and --version can also be given as a variable: VAQUITA_WORKER_SERVER, VAQUITA_WORKER_WORK_DIR, …
Exit codes: 0 stopped, 1 failed, 2 wrong options, 3 token refused, 4 versions do not fit, 5 work folder not usable.
`;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

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
  const heartbeatIntervalMs = duration('heartbeat', flag('heartbeat'), HEARTBEAT_INTERVAL_MS, problems);
  if (heartbeatIntervalMs < MIN_HEARTBEAT_INTERVAL_MS) {
    problems.push(`--heartbeat must be at least ${MIN_HEARTBEAT_INTERVAL_MS}ms.`);
  }
  const options: Required<AgentOptions> = Object.freeze({
    urls: readServers(flag('server'), problems),
    trustedHosts: readHosts(list(flag('trust-host') ?? ''), problems),
    token: flag('token') ?? '',
    name,
    groups: names('group', list(flag('group') ?? 'default'), problems),
    labels: readLabels(list(flag('label') ?? ''), problems),
    weight: number('weight', flag('weight') ?? '1', { least: 0.01, most: 10_000, whole: false }, problems),
    slots: number(
      'slots',
      flag('slots') ?? String(availableParallelism()),
      { least: 1, most: 1_000, whole: true },
      problems,
    ),
    workDir: resolve(flag('work-dir') ?? join(homedir(), '.vaquita', `worker-${name}`)),
    heartbeatIntervalMs,
    forgetsEpoch: values['forget-epoch'] === true,
    sessionTimeoutMs: Math.round((heartbeatIntervalMs / HEARTBEAT_INTERVAL_MS) * SESSION_TIMEOUT_MS),
  });
  names('name', [name], problems);
  if (options.token === '') {
    problems.push(
      'There is no token. Make one on the server with `vaquita worker-token create --name <name>` and give it in VAQUITA_WORKER_TOKEN or with --token.',
    );
  }
  const graceMs = duration('grace', flag('grace'), 30_000, problems);
  const level = flag('log-level') ?? 'info';
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (logLevel === undefined) problems.push(`--log-level must be one of ${LOG_LEVELS.join(', ')}, not "${level}".`);
  if (problems.length > 0 || logLevel === undefined) return { type: 'wrong', problems };
  return { type: 'run', options, graceMs, logLevel };
}

function readServers(text: string | undefined, problems: string[]): readonly string[] {
  if (text === undefined) {
    problems.push('There is no server. Give its address with --server, such as --server http://localhost:8080');
    return [];
  }
  return list(text).flatMap((server) => {
    const url = socketUrl(server);
    if (url === undefined) {
      problems.push(
        `--server "${server}" is not an address such as http://localhost:8080 or wss://vaquita.example.org`,
      );
    }
    return url ?? [];
  });
}

function readHosts(hosts: readonly string[], problems: string[]): readonly string[] {
  for (const host of hosts) {
    if (TRUSTED_HOST.test(host)) continue;
    problems.push(
      `--trust-host "${host}" must be the name of a host, such as vaquita-2.internal or *.vaquita.internal`,
    );
  }
  return hosts;
}

function readLabels(pairs: readonly string[], problems: string[]): Readonly<Record<string, string>> {
  const labels = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    const wrong = at <= 0 ? undefined : checkLabelName(name);
    const wrongValue = checkLabelValue(value);
    if (at <= 0) problems.push(`--label "${pair}" must be a name and a value, such as --label zone=north`);
    else if (wrong !== undefined) problems.push(`--label "${name}" ${wrong}`);
    else if (wrongValue !== undefined) problems.push(`--label "${name}": ${wrongValue}`);
    else labels.set(name, value);
  }
  return Object.fromEntries(labels);
}

function names(flag: string, given: readonly string[], problems: string[]): readonly string[] {
  if (given.length === 0) problems.push(`--${flag} must not be empty.`);
  for (const name of given) {
    if (!NAME.test(name)) {
      problems.push(
        `--${flag} "${name}" must begin with a letter or digit, and have only letters, digits, ".", "_" and "-".`,
      );
    }
  }
  return given;
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

function number(flag: string, text: string, { least, most, whole }: Range, problems: string[]): number {
  const value = Number(text);
  if (text === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    problems.push(`--${flag} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

function duration(flag: string, text: string | undefined, fallback: number, problems: string[]): number {
  if (text === undefined) return fallback;
  const value = parseDuration(text);
  if (value === undefined) problems.push(`--${flag} must be a time such as 500ms, 10s or 1m30s, not "${text}".`);
  return value ?? fallback;
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A machine's name as a worker's name. */
function nameOf(machine: string): string {
  const name = machine.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'worker' : name.slice(0, 128);
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
