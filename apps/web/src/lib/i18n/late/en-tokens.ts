/** English texts of the page of tokens. */
import { plural } from '../en-count.ts';

export const enTokens = {
  title: 'Tokens',
  api: 'API tokens',
  apiText: 'For programs and the command line: they act as you.',
  worker: 'Worker tokens',
  workerText: 'They let a machine join as a worker, and nothing else.',
  name: 'Name',
  prefix: 'Begins with',
  created: 'Created',
  used: 'Last used',
  expires: 'Ends',
  noEnd: 'does not end',
  revoked: 'Revoked',
  ended: 'Ended',
  active: 'Active',
  state: 'State',
  create: 'New token',
  createApi: 'New API token',
  createWorker: 'New worker token',
  nameHint: 'What uses it, such as “nightly deploy”',
  expiry: 'Ends',
  expiryNever: 'Does not end',
  expiryDays: (n: number) => `In ${plural(n, 'day', 'days')}`,
  make: 'Create the token',
  shown: 'Copy it now: it is not shown again.',
  revoke: 'Revoke',
  revokeTitle: (name: string) => `Revoke ${name}?`,
  revokeText: 'Whatever uses it is refused from now on. This cannot be undone.',
  revokeVerb: 'Revoke the token',
  empty: 'No token yet',
  emptyApi: 'Make one for each program that calls the API, so that each can be revoked alone.',
  emptyWorker: 'Make one for each machine or group of machines.',
  done: 'Done',
};

export type TokensMessages = typeof enTokens;
