/** English texts of data sources. What environments and secrets have too is in their texts. */
export const enDataSources = {
  title: 'Data sources',
  intro: 'Databases and services under a name: tasks name them in the place of an address and a password.',
  newDataSource: 'New data source',
  emptyTitle: 'No data source yet',
  emptyText: 'A data source holds an address, and names the secrets that it needs. Tasks then need only its name.',
  dataSource: 'Data source',
  kind: 'Kind',
  nameHint: 'Such as warehouse',
  create: 'Create the data source',
  secretsOf: 'Secrets',
  noSecret: 'None',
  secretTitles: { token: 'Token', password: 'Password' } as Readonly<Record<string, string>>,
  settings: 'Settings',
  group: 'Workers that look for the file',
  test: 'Test',
  testing: 'Testing…',
  testNote: 'A file is looked for by workers, a server is asked by this server. Nothing is changed.',
  outcomes: {
    reached: 'It can be reached',
    not_there: 'The file is not there',
    not_allowed: 'It refuses who asks',
    refused: 'This server may not connect there',
    timeout: 'No answer in time',
    unreachable: 'It cannot be reached',
    unexpected: 'It answers, but not as it should',
    nobody: 'Nobody could look',
    unusable: 'A secret is missing or no good',
  },
};

export type DataSourceMessages = typeof enDataSources;
