/** Reads of rows that people know by a name: one by its id or name, all in the order of their names. */
import type { PageRequest } from '../ports/api.ts';
import type { SqlDriver, SqlValue } from '../ports/driver.ts';
import type { Page } from '../ports/master.ts';
import { many, one } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import type { CompiledTable } from '../sql/table.ts';

export interface NamedRows<Row> {
  byId(id: string): Promise<Row | undefined>;
  /** By id or by name. */
  find(idOrName: string): Promise<Row | undefined>;
  list(page: PageRequest): Promise<Page<Row>>;
}

export function readNamedRows<Row extends { readonly name: string }>(
  driver: SqlDriver,
  tableName: string,
  table: CompiledTable<Row>,
): NamedRows<Row> {
  const select = `select ${table.columns} from ${tableName}`;

  async function by(column: 'id' | 'name', value: string): Promise<Row | undefined> {
    const row = await one(driver, `${select} where ${column} = ?`, [value]);
    return row && table.read(row);
  }

  return {
    byId: (id) => by('id', id),
    find: async (idOrName) => (await by('id', idOrName)) ?? (await by('name', idOrName)),
    async list(page) {
      const limit = checkLimit(page.limit);
      const after = decodeCursor(page, 'text');
      const where = after === null ? '' : 'where name > ?';
      const args: SqlValue[] = after === null ? [limit + 1] : [after, limit + 1];
      const rows = await many(driver, `${select} ${where} order by name limit ?`, args);
      return toPage(rows.map(table.read), limit, (row) => row.name);
    },
  };
}
