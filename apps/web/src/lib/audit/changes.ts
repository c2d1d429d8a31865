/** What a record of the audit log says was changed: field by field, before and after. Pure. */
type Data = Readonly<Record<string, unknown>>;

export interface Changed {
  /** Such as `window.from` or `entries[2]`. */
  readonly path: string;
  /** Undefined where there was nothing, or where nothing is left. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Told {
  readonly name: string;
  readonly value: string;
}

export interface AuditChanges {
  readonly changed: readonly Changed[];
  /** What else it says. */
  readonly told: readonly Told[];
}

/** Who and how, and what the record is about: said elsewhere on the page. */
const SAID = new Set(['id', 'via', 'tokenId', 'before']);
/** A schedule of a year of days, a script of a thousand lines: the rest is read where the thing is. */
const MAX_CHANGES = 200;

/** @param removes the action takes the thing away, so that nothing of `before` is left. */
export function auditChanges(data: Data, removes: boolean): AuditChanges {
  const before = isData(data.before) ? data.before : undefined;
  const given = Object.keys(data).filter((name) => !SAID.has(name));
  const isChange = (name: string) => before !== undefined && Object.hasOwn(before, name);
  const names = removes ? Object.keys(before ?? {}) : given.filter(isChange);
  const changed = names.flatMap((name) => differences(name, before?.[name], removes ? undefined : data[name]));
  const told = given.filter((name) => !isChange(name)).map((name) => ({ name, value: textOf(data[name]) ?? '' }));
  return { changed: changed.slice(0, MAX_CHANGES), told };
}

function differences(path: string, before: unknown, after: unknown): readonly Changed[] {
  if (isParts(before) && isParts(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const pathOf = (name: string) => (Array.isArray(before) ? `${path}[${name}]` : `${path}.${name}`);
    return names.flatMap((name) => differences(pathOf(name), (before as Data)[name], (after as Data)[name]));
  }
  const [was, is] = [textOf(before), textOf(after)];
  return was === is ? [] : [{ path, before: was, after: is }];
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isParts(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isData(value: unknown): value is Data {
  return isParts(value) && !Array.isArray(value);
}
