/** The start of a run as a command line and as an HTTP call, to copy. Pure. */
export interface StartShape {
  readonly params?: Readonly<Record<string, string>>;
  readonly startTasks?: readonly string[];
  readonly scope?: string;
  readonly failureStrategy?: string;
  readonly priority?: string;
  readonly workerGroup?: string;
  readonly alertOn?: string;
  readonly alertGroup?: string;
}

/** A word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** On the server's own machine the command finds its server by itself; from elsewhere it is told which. */
export function asCommand(origin: string, project: string, workflow: string, start: StartShape): string {
  const { params = {}, startTasks = [], scope, failureStrategy, priority, workerGroup, alertOn, alertGroup } = start;
  const options: [string, string | undefined][] = [
    ...Object.entries(params).map(([name, value]): [string, string] => ['--param', `${name}=${value}`]),
    ...startTasks.map((task): [string, string] => ['--task', task]),
    ['--scope', scope],
    ['--failure-strategy', failureStrategy],
    ['--priority', priority],
    ['--worker-group', workerGroup],
    ['--alert-on', alertOn],
    ['--alert-group', alertGroup],
    ['--server', isThisMachine(origin) ? undefined : origin],
  ];
  const words = options.flatMap(([option, value]) => (value === undefined ? [] : [option, shellWord(value)]));
  return ['npx vaquita run', shellWord(`${project}/${workflow}`), ...words, '--follow'].join(' ');
}

export function isThisMachine(origin: string): boolean {
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
