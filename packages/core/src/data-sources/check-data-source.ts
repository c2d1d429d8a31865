/** Whether a data source can be kept as somebody wants it. */
import { checkShape } from '../definition/shape-problems.ts';
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { DATA_SOURCE_KINDS, dataSourceKind } from './kinds.ts';

export interface WantedDataSource {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The settings as they are kept, or everything that is wrong with them by place. */
export function checkDataSource({
  kind: name,
  settings,
  secrets,
}: WantedDataSource):
  | { readonly settings: Readonly<Record<string, unknown>> }
  | { readonly problems: readonly Problem[] } {
  const kind = dataSourceKind(name);
  if (kind === undefined) {
    const known = Object.keys(DATA_SOURCE_KINDS);
    const message = `There is no kind “${name}” of data sources.${didYouMean(name, known)} Known: ${known.join(', ')}`;
    return { problems: [{ path: 'kind', message }] };
  }
  const problems: Problem[] = [];
  const read = checkShape(kind.schema, settings, { path: 'settings', problems });
  for (const secret of Object.keys(secrets)) {
    if (Object.hasOwn(kind.secrets, secret)) continue;
    const known = Object.keys(kind.secrets);
    problems.push({
      path: `secrets.${secret}`,
      message: `This kind needs no secret for “${secret}”. It takes ${known.join(', ')}`,
    });
  }
  if (read === undefined || problems.length > 0) return { problems };
  const between = kind.check(read, secrets);
  return between.length > 0 ? { problems: between } : { settings: read };
}
