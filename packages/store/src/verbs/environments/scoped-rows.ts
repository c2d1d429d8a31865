/** Rows that are of one project or of all, and have names that are unique within that. */
import { AppError, type ProjectId } from '@vaquita/core';
import type { PageRequest } from '../../ports/api.ts';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { ScopedName, ScopeFilter } from '../../ports/environments.ts';
import type { Page } from '../../ports/master.ts';
import { many, one } from '../../sql/access.ts';
import { checkLimit, decodeCursor, malformedCursor, toPage } from '../../sql/page.ts';
import type { CompiledTable } from '../../sql/table.ts';

export interface ScopedRow {
  readonly id: string;
  readonly name: string;
  readonly projectId: ProjectId | null;
}

export type ScopedTable = 'environments' | 'secrets' | 'data_sources';
type ScopedKind = 'environment' | 'secret' | 'data source';

export interface ScopedRows<Row> {
  byId(id: string): Promise<Row | undefined>;
  find(name: ScopedName): Promise<Row | undefined>;
  /** By name alone: of the project before of all. */
  named(projectId: ProjectId | null, name: string): Promise<Row | undefined>;
  list(filter: ScopeFilter, page: PageRequest): Promise<Page<Row>>;
}

export function readScopedRows<Row extends ScopedRow>(
  driver: SqlDriver,
  tableName: ScopedTable,
  table: CompiledTable<Row>,
): ScopedRows<Row> {
  const select = `select ${table.columns} from ${tableName}`;

  async function by(where: string, args: readonly SqlValue[]): Promise<Row | undefined> {
    const row = await one(driver, `${select} where ${where}`, args);
    return row && table.read(row);
  }

  const byId = (id: string) => by('id = ?', [id]);

  async function named(projectId: ProjectId | null, name: string): Promise<Row | undefined> {
    const own = projectId === null ? undefined : await by('project_id = ? and name = ?', [projectId, name]);
    return own ?? (await by('project_id is null and name = ?', [name]));
  }

  return {
    byId,
    find: async ({ projectId, idOrName }) => (await byId(idOrName)) ?? (await named(projectId, idOrName)),
    named,
    async list({ projectId }, page) {
      const limit = checkLimit(page.limit);
      const after = decodeScopedCursor(page);
      const conditions = [
        ...(after === null ? [] : ['(name, id) > (?, ?)']),
        ...(projectId === undefined ? [] : ['(project_id is null or project_id = ?)']),
      ];
      const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
      const args: SqlValue[] = [...(after ?? []), ...(projectId === undefined ? [] : [projectId]), limit + 1];
      const rows = await many(
        driver,
        `${select} indexed by ${tableName}_by_name ${where} order by name, id limit ?`,
        args,
      );
      return toPage(rows.map(table.read), limit, scopedCursor);
    },
  };
}

/** Names are not unique: two projects may have the same. */
export function scopedCursor({ name, id }: Pick<ScopedRow, 'name' | 'id'>): string {
  return JSON.stringify([name, id]);
}

export function decodeScopedCursor(page: PageRequest): readonly [string, string] | null {
  const text = decodeCursor(page, 'text');
  if (text === null) return null;
  let key: unknown;
  try {
    key = JSON.parse(text);
  } catch {
    throw malformedCursor();
  }
  if (!Array.isArray(key) || key.length !== 2 || key.some((part) => typeof part !== 'string')) throw malformedCursor();
  return key as [string, string];
}

/** What an insert that was refused is about. */
export function refusedScoped(
  kind: ScopedKind,
  { name, projectId }: Pick<ScopedRow, 'name' | 'projectId'>,
  projectIsThere: boolean,
): AppError {
  if (!projectIsThere) return new AppError('not_found', `There is no project ${projectId}.`);
  const where = projectId === null ? 'for all projects' : 'of the project';
  return new AppError(
    'name_in_use',
    `There is a${kind === 'environment' ? 'n' : ''} ${kind} "${name}" ${where} already.`,
  );
}

export function changedMeanwhile(kind: ScopedKind): AppError {
  return new AppError('conflict', `Somebody else has changed the ${kind} meanwhile. Look at it again, then change it.`);
}
