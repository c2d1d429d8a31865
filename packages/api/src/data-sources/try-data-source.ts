/**
 * Whether a data source can be reached, in words. Files are looked for by workers, where tasks would open them; servers are asked from here,
 * because workers know no question with a password in it.
 *
 * T1 No value of a secret is in what is said: answers are judged by their status and form, and their text is passed on to nobody.
 * T2 What is asked changes nothing.
 */
import { type DataSourceProbe, openDataSource, probeOf } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';
import type { DataSourceTestAnswer } from '../views/data-source.ts';

/** Sends one request past the operator's list of places. Never rejects. */
export type AskOutside = (request: {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}) => Promise<Asked>;

export type Asked =
  | { readonly ok: true; readonly status: number; readonly text: string }
  | {
      readonly ok: false;
      readonly failure: 'refused' | 'bad_request' | 'timeout' | 'network' | 'stopped';
      /** Names hosts and nothing that may be secret. */
      readonly message: string;
    };

type Deps = Pick<ApiDeps, 'store' | 'sealer' | 'ask' | 'lookouts' | 'leadership'>;
type Request = Extract<DataSourceProbe, { type: 'request' }>;

const MAX_ASKED = 16;

/** @param row as it is kept */
export async function tryDataSource(
  deps: Deps,
  row: Parameters<ApiDeps['store']['dataSources']['create']>[0],
  workerGroup: string,
): Promise<DataSourceTestAnswer> {
  const found = await deps.store.dataSourceReader.read(row.projectId, row.name);
  const opened = await openDataSource(row.name, found, deps.sealer);
  if ('problem' in opened) return { outcome: 'unusable', message: opened.problem, asked: 'server' };
  const probe = probeOf(opened);
  return probe.type === 'file' ? lookForFile(deps, probe.path, workerGroup) : askServer(deps, probe);
}

async function askServer({ ask }: Deps, { asksDatabase, method, url, headers, body }: Request) {
  const { host } = new URL(url);
  const said = (outcome: DataSourceTestAnswer['outcome'], message: string): DataSourceTestAnswer => ({
    ...{ outcome, message, asked: 'server' },
  });
  const answer = await ask({ method, url, headers, body });
  if (!answer.ok) return said(OUTCOMES[answer.failure], sentence(answer.message));
  const { status } = answer;
  if (status === 401 || status === 403) {
    return said('not_allowed', `${host} answers, and refuses who asks (${status}). Check the user, password or token.`);
  }
  if (asksDatabase) {
    if (status === 200 && isDatabase(answer.text)) return said('reached', `The database at ${host} answers.`);
    return said('unexpected', `${host} answers with the status ${status}, but not as a libSQL server does.`);
  }
  if (status < 400) return said('reached', `${host} answers with the status ${status}.`);
  if (status === 404 || status === 405) {
    const message = `${host} answers ${status}: there is nothing to get at the path of the test. Tasks may still find what they ask for.`;
    return said('unexpected', message);
  }
  return said('unexpected', `${host} answers with the status ${status}.`);
}

const OUTCOMES = {
  refused: 'refused',
  bad_request: 'unreachable',
  timeout: 'timeout',
  network: 'unreachable',
  stopped: 'timeout',
} as const;

async function lookForFile(
  { lookouts, leadership }: Deps,
  path: string,
  workerGroup: string,
): Promise<DataSourceTestAnswer> {
  const said = (outcome: DataSourceTestAnswer['outcome'], message: string): DataSourceTestAnswer => ({
    ...{ outcome, message, asked: 'workers' },
  });
  const { role, leaderName } = leadership();
  if (role !== 'leader') {
    const leader = leaderName === null ? 'No server leads at present' : `The server ${leaderName} leads`;
    return said('nobody', `${leader}, and only the one that leads can have workers look. Test it there.`);
  }
  const workers = lookouts.of(workerGroup).slice(0, MAX_ASKED);
  if (workers.length === 0) {
    return said('nobody', `No worker of the group “${workerGroup}” is connected that could look for the file.`);
  }
  const answers = await Promise.all(
    workers.map(async ({ workerId, name }) => {
      const answer = await lookouts.look(workerId, { path, after: null, limit: 1 });
      const problem = answer === null ? 'It does not answer.' : (answer.problem?.text ?? null);
      return { name, sees: answer !== null && answer.entries.length > 0, problem };
    }),
  );
  const names = (sees: boolean) => answers.filter((one) => one.sees === sees).map(({ name }) => name);
  const [seeing, blind] = [names(true), names(false)];
  if (blind.length === 0) return said('reached', `The file is there for ${seeing.join(', ')}.`);
  const problems = answers.flatMap(({ name, problem }) => (problem === null ? [] : [` ${name}: ${problem}`]));
  const others = seeing.length === 0 ? '' : ` It is there for ${seeing.join(', ')}.`;
  const made = problems.length > 0 ? '' : ' A task that writes would make it.';
  return said('not_there', `There is no such file for ${blind.join(', ')}.${others}${made}${problems.join('')}`);
}

/** Of a libSQL server: a list of results, whatever they say. */
function isDatabase(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { results?: unknown } | null)?.results);
  } catch {
    return false;
  }
}

/** Those of the guard begin with the name of a host, which stays as it is. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
