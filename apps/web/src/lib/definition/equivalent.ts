/** The start of a run as a command line and as an HTTP call, to copy. Pure. */
export interface StartShape {
  readonly params?: Readonly<Record<string, string>>;
  readonly startTasks?: readonly string[];
  readonly scope?: string;
  readonly failureStrategy?: string;
  readonly priority?: string;
  readonly workerGroup?: string;
}

/** A word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function asCommand(project: string, workflow: string, start: StartShape): string {
  const words = ['npx vaquita run', shellWord(`${project}/${workflow}`)];
  for (const [name, value] of Object.entries(start.params ?? {})) words.push('--param', shellWord(`${name}=${value}`));
  words.push('--follow');
  return words.join(' ');
}

/** The command line knows parameters only; what goes beyond them needs the HTTP call. */
export function commandCovers(start: StartShape): boolean {
  return Object.keys(start).every((key) => key === 'params');
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
