/** The start of a run as a command line and as an HTTP call, to copy. Pure. */
export interface StartShape {
  readonly params?: Readonly<Record<string, string>>;
  readonly startTasks?: readonly string[];
  readonly scope?: string;
  readonly failureStrategy?: string;
  readonly priority?: string;
  readonly workerGroup?: string;
  readonly environment?: string;
  readonly alertOn?: string;
  readonly alertGroup?: string;
  readonly version?: number;
  readonly timeout?: string;
  readonly dryRun?: boolean;
}

/** A word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** An option with its value; true: it has none; undefined: it is not given. */
export type Option = readonly [name: string, value: string | true | undefined];

/**
 * A command line for a POSIX shell. A value that begins with a dash is joined to its option, and arguments that begin with one stand
 * behind `--`: they would be taken for options.
 */
export function commandLine(command: string, texts: readonly string[], options: readonly Option[]): string {
  const words = options.flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (value === true) return [name];
    return value.startsWith('-') ? [`${name}=${shellWord(value)}`] : [name, shellWord(value)];
  });
  const named = texts.map(shellWord);
  const all = texts.some((text) => text.startsWith('-')) ? [...words, '--', ...named] : [...named, ...words];
  return ['npx vaquita', command, ...all].join(' ');
}

/** On the server's own machine a command finds its server by itself; from elsewhere it is told which. */
export function serverOption(origin: string): Option {
  return ['--server', isThisMachine(origin) ? undefined : origin];
}

export function asCommand(origin: string, project: string, workflow: string, start: StartShape): string {
  const { params = {}, startTasks = [], scope, failureStrategy, priority, workerGroup, alertOn, alertGroup } = start;
  const { version, timeout, dryRun, environment } = start;
  return commandLine(
    'run',
    [`${project}/${workflow}`],
    [
      ...Object.entries(params).map(([name, value]): Option => ['--param', `${name}=${value}`]),
      ...startTasks.map((task): Option => ['--task', task]),
      ['--scope', scope],
      ['--failure-strategy', failureStrategy],
      ['--priority', priority],
      ['--worker-group', workerGroup],
      ['--environment', environment],
      ['--alert-on', alertOn],
      ['--alert-group', alertGroup],
      ['--version', version === undefined ? undefined : String(version)],
      ['--timeout', timeout],
      ['--dry-run', dryRun || undefined],
      serverOption(origin),
      ['--follow', true],
    ],
  );
}

function isThisMachine(origin: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(origin).hostname);
}

export function asCurl(origin: string, project: string, workflow: string, start: StartShape): string {
  const url = `${origin}/api/v1/projects/${encodeURIComponent(project)}/workflows/${encodeURIComponent(workflow)}/instances`;
  return [
    `curl -X POST ${shellWord(url)}`,
    `  -H "Authorization: Bearer $VAQUITA_TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${shellWord(JSON.stringify(start))}`,
  ].join(' \\\n');
}
