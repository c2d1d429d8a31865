/** `token …` and `worker-token …`: create, list, revoke. */
import type { TokensClient, TokenView, VaquitaClient } from '@vaquita/client';
import { parseDuration } from '@vaquita/core';
import { type Command, EXIT, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

interface Kind {
  readonly word: 'token' | 'worker-token';
  readonly noun: string;
  readonly of: (client: VaquitaClient) => TokensClient;
}

const KINDS: readonly Kind[] = [
  { word: 'worker-token', noun: 'worker token', of: (client) => client.workerTokens },
  { word: 'token', noun: 'API token', of: (client) => client.tokens },
];

export const tokenCommands: readonly Command[] = KINDS.flatMap((kind) => [
  createOf(kind),
  listOf(kind),
  revokeOf(kind),
]);

function createOf({ word, noun, of }: Kind): Command {
  const command: Command = {
    name: `${word} create`,
    summary: `Create ${article(noun)} ${noun}; printed once`,
    args: [],
    options: {
      name: { type: 'string', required: true, value: 'name', help: 'To recognise it by' },
      ...(word === 'token'
        ? ({
            scope: {
              type: 'string',
              multiple: true,
              value: 'scope',
              help: 'view, operate, edit or admin; may be repeated. Default: all that you may',
            },
          } as const)
        : {}),
      'expires-in': { type: 'string', value: 'duration', help: 'Such as 30d; default: it does not end' },
      ...CONNECTION_OPTIONS,
    },
    examples: [`vaquita ${word} create --name ${word === 'token' ? 'ci' : 'rack-4'}`],
    async run({ options }, io) {
      const given = options['expires-in'];
      const lifeMs = given === undefined ? undefined : parseDuration(String(given));
      if (given !== undefined && !lifeMs) {
        throw new UsageError(`--expires-in "${String(given)}" is not a duration such as 12h or 30d.`, command);
      }
      const expiresAt = lifeMs === undefined ? null : new Date(Date.now() + lifeMs).toISOString();
      const scopes = options.scope as string[] | undefined as TokenView['scopes'] | undefined;
      const body = { name: String(options.name), expiresAt, ...(scopes === undefined ? {} : { scopes }) };
      const created = await of(connect(options, io)).create(body);
      io.print(created.token);
      io.note(`${noun} "${created.name}" (${created.id}); it is not shown again`);
      return EXIT.ok;
    },
  };
  return command;
}

function listOf({ word, noun, of }: Kind): Command {
  return {
    name: `${word} list`,
    summary: `List ${noun}s`,
    args: [],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita ${word} list`],
    async run({ options }, io) {
      const rows: string[][] = [];
      for await (const token of of(connect(options, io)).all()) {
        const more = word === 'token' ? [token.userName ?? '', token.scopes.join(',')] : [];
        rows.push([token.id, token.name, `${token.prefix}…`, status(token), token.lastUsedAt ?? 'never', ...more]);
      }
      for (const line of table(
        ['ID', 'NAME', 'TOKEN', 'STATUS', 'LAST USED', ...(word === 'token' ? ['OWNER', 'SCOPES'] : [])],
        rows,
      ))
        io.print(line);
      return EXIT.ok;
    },
  };
}

function revokeOf({ word, noun, of }: Kind): Command {
  return {
    name: `${word} revoke`,
    summary: `Revoke ${article(noun)} ${noun}`,
    args: ['id'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita ${word} revoke 06f3…`],
    async run({ args, options }, io) {
      await of(connect(options, io)).revoke(args[0]!);
      io.print(`revoked ${args[0]}`);
      return EXIT.ok;
    },
  };
}

function status({ revokedAt, expiresAt }: TokenView): string {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt === null) return 'active';
  return Date.parse(expiresAt) <= Date.now() ? 'expired' : `until ${expiresAt}`;
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? 'an' : 'a';
}
