/** Verbs that read many workflows at once: along the index of their names, and with their newest documents. */
import type { WorkflowDocument } from '@vaquita/core';
import type { PageRequest, WorkflowFilter, WorkflowStore } from '../ports/api.ts';
import type { SqlDriver, SqlValue } from '../ports/driver.ts';
import { many } from '../sql/access.ts';
import { checkLimit, decodeCursor, malformedCursor, toPage } from '../sql/page.ts';
import { WORKFLOWS } from '../sql/tables.ts';
import type { DocumentCache } from './document-cache.ts';

/** No character of a name comes after it. */
const LAST = '\u{10FFFF}';
const NAME = 'name collate nocase';
/** An id comes before a name, as where one workflow is asked for. */
const NEWEST = `select ${WORKFLOWS.columns}, v.content_hash, v.document from json_each(?) i
  cross join workflows on workflows.id = coalesce(
    (select x.id from workflows x where x.id = i.value and +x.project_id = ?),
    (select x.id from workflows x where x.project_id = ? and x.name = i.value))
  cross join workflow_versions v on v.workflow_id = workflows.id and v.version = workflows.version`;

export function createWorkflowListVerbs(
  driver: SqlDriver,
  documents: DocumentCache,
): Pick<WorkflowStore, 'list' | 'newest'> {
  return {
    async list(filter, page) {
      const limit = checkLimit(page.limit);
      const { sql, args } = listQuery(filter, readNameCursor(page));
      const rows = await many(driver, sql, [...args, limit + 1]);
      return toPage(rows.map(WORKFLOWS.read), limit, nameCursor);
    },
    async newest(projectId, refs) {
      const rows = await many(driver, NEWEST, [JSON.stringify([...new Set(refs)]), projectId, projectId]);
      const found = rows.map((row) => {
        const contentHash = String(row.content_hash);
        const document = documents.get(contentHash) ?? (JSON.parse(String(row.document)) as WorkflowDocument);
        return { ...WORKFLOWS.read(row), document };
      });
      return [...new Map(found.map((one) => [one.id, one])).values()];
    },
  };
}

/** Each combination has an index in which its workflows stand in the order of the list. */
function listQuery(
  { projectId, online, prefix = '' }: WorkflowFilter,
  after: readonly [name: string, id: string] | null,
): { readonly sql: string; readonly args: readonly SqlValue[] } {
  const where: string[] = [];
  const args: SqlValue[] = [];
  const add = (condition: string, ...values: SqlValue[]) => {
    where.push(condition);
    args.push(...values);
  };
  if (projectId !== undefined) add('project_id = ?', projectId);
  if (online !== undefined) add('online = ?', online ? 1 : 0);
  add(`${NAME} >= ?`, after?.[0] ?? prefix);
  if (prefix !== '') add(`${NAME} < ?`, prefix + LAST);
  if (after !== null) add(`(${NAME} > ? or id > ?)`, ...after);
  const index = `workflows${projectId === undefined ? '' : '_project'}_${online === undefined ? 'by_name' : 'online'}`;
  const from = `select ${WORKFLOWS.columns} from workflows indexed by ${index}`;
  return { sql: `${from} where ${where.join(' and ')} order by ${NAME}, id limit ?`, args };
}

export function nameCursor({ name, id }: { readonly name: string; readonly id: string }): string {
  return JSON.stringify([name, id]);
}

/** @throws AppError `bad_request` */
export function readNameCursor(page: PageRequest): readonly [name: string, id: string] | null {
  const text = decodeCursor(page, 'text');
  if (text === null) return null;
  let key: unknown;
  try {
    key = JSON.parse(text);
  } catch {
    throw malformedCursor();
  }
  const [name, id] = Array.isArray(key) ? (key as readonly unknown[]) : [];
  if (typeof name !== 'string' || typeof id !== 'string') throw malformedCursor();
  return [name, id];
}
