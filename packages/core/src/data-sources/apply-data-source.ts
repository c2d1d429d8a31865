/**
 * Puts a data source in the place of its name: workers get settings as if the task had written them, so that they need know nothing of
 * data sources. Values of secrets stay apart from the settings, which name them as `${…}`.
 */
import { DATA_SOURCE_KINDS, dataSourceKind, type HttpSourceSettings, type LibsqlSettings } from './kinds.ts';
import type { OpenedDataSource } from './open-data-source.ts';
import { signInOf, TOKEN } from './sign-in.ts';

type Settings = Readonly<Record<string, unknown>>;

export interface AppliedDataSource {
  readonly config: Settings;
  /** By the names under which the settings have them. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** @param task with a data source among its settings */
export function applyDataSource(
  task: { readonly type: string; readonly config: Settings },
  source: OpenedDataSource,
): AppliedDataSource | { readonly problem: string } {
  const kind = dataSourceKind(source.kind);
  if (kind?.taskType !== task.type) {
    const known = Object.values(DATA_SOURCE_KINDS).find(({ taskType }) => taskType === task.type);
    const needed = known === undefined ? 'none' : `one of the kind “${known.title}”`;
    return {
      problem: `The data source "${source.name}" is of the kind “${kind?.title ?? source.kind}”, and a task of the type ${task.type} takes ${needed}. Name another.`,
    };
  }
  const { dataSource: _, ...config } = task.config;
  return source.kind === 'libsql' ? forDatabase(config, source) : forRequest(config, source);
}

function forDatabase(config: Settings, { settings, secrets: { token } }: OpenedDataSource): AppliedDataSource {
  const { address: database } = settings as LibsqlSettings;
  if (token === undefined) return { config: { ...config, database }, secrets: {} };
  return { config: { ...config, database, authToken: `\${${TOKEN}}` }, secrets: { [TOKEN]: token } };
}

function forRequest(config: Settings, source: OpenedDataSource): AppliedDataSource {
  const { address, headers } = source.settings as HttpSourceSettings;
  const signIn = signInOf(source);
  const ofSource = [
    ...Object.entries(headers ?? {}),
    ...signIn.headers.map(({ header, text }): [string, string] => [header, text]),
  ];
  return {
    config: {
      ...config,
      url: joinAddress(address, String(config.url)),
      headers: mergeHeaders(ofSource, Object.entries((config.headers ?? {}) as Readonly<Record<string, string>>)),
    },
    secrets: signIn.secrets,
  };
}

/** @param path begins with `/` or `?`, so that it cannot change the host */
export function joinAddress(base: string, path: string): string {
  return `${path.startsWith('/') ? base.replace(/\/+$/, '') : base}${path}`;
}

/** Names are the same in capitals and without; later ones count. */
function mergeHeaders(...lists: readonly (readonly [string, string])[][]): Record<string, string> {
  const merged = new Map(lists.flat().map(([name, text]) => [name.toLowerCase(), [name, text] as const]));
  return Object.fromEntries(merged.values());
}
