/** Runs the `vaquita` command as a person would, and gives what it printed and how it ended. */
import { type ChildOptions, cleanEnv, startChild } from './child.ts';
import { VAQUITA } from './server.ts';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** The server to talk to, as its admin; left out, the command finds out for itself. */
  readonly server?: { readonly url: string; readonly adminToken: string };
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: ChildOptions['cwd'];
  readonly withinMs?: number;
}

export async function vaquita(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { server, env = {}, cwd, withinMs = 60_000 } = options;
  const connection = server ? { VAQUITA_SERVER_URL: server.url, VAQUITA_TOKEN: server.adminToken } : {};
  const child = startChild({
    args: [VAQUITA, ...args],
    env: cleanEnv({ ...connection, ...env }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.signal('SIGKILL');
  }, withinMs);
  const { code } = await child.exited;
  clearTimeout(timer);
  if (late) throw new Error(`vaquita ${args.join(' ')} did not end in ${withinMs / 1000} s:\n${child.output()}`);
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}
