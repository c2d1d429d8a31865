/** Which databases tasks of the type `sql` can reach: one rule for those that a task names itself and those of data sources. */

/** A scheme that is not ours, such as `postgres://`; a drive letter is a path. */
const OTHER_SCHEME = /^(?!file:|libsql:|https?:|wss?:)[a-z][a-z0-9+.-]+:/i;

/** For `refine` of a schema. */
export const oneOfOurDatabases: [(text: string) => boolean, string] = [
  (text) => !OTHER_SCHEME.test(text),
  'Must be a path or a file:, libsql:, http: or https: address; other databases are not supported by this version.',
];
