/** `users …` and `roles`: who may sign in, and what that lets them do. */
import type { SessionView, UserChange, UserView, UserWithPassword } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionSpec, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

/** The server says which roles there are: it is the one who refuses others. */
const ROLE = { type: 'string', value: 'role', help: 'viewer, operator, editor or admin' } as const satisfies OptionSpec;

const list: Command = {
  name: 'users list',
  summary: 'List users by name',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita users list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const user of connect(options, io).users.all()) rows.push(rowOf(user));
    for (const line of table(['NAME', 'ROLE', 'STATUS', 'LAST SEEN'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const create: Command = {
  name: 'users create',
  summary: 'Create a user; a one-time password is printed once',
  args: ['name'],
  options: { role: { ...ROLE, required: true }, ...CONNECTION_OPTIONS },
  examples: ['vaquita users create ann --role editor'],
  async run({ args, options }, io) {
    const role = String(options.role) as UserView['role'];
    printPassword(await connect(options, io).users.create({ name: args[0]!, role }), io);
    return EXIT.ok;
  },
};

const set: Command = {
  name: 'users set',
  summary: 'Change the role of a user',
  args: ['name'],
  options: { role: { ...ROLE, required: true }, ...CONNECTION_OPTIONS },
  examples: ['vaquita users set ann --role operator'],
  async run({ args, options }, io) {
    const change: UserChange = { role: String(options.role) as UserView['role'] };
    io.print(rowOf(await connect(options, io).users.update(args[0]!, change)).join('  '));
    return EXIT.ok;
  },
};

const switches = (
  [
    ['disable', true],
    ['enable', false],
  ] as const
).map(
  ([verb, disabled]): Command => ({
    name: `users ${verb}`,
    summary: disabled ? 'Disable a user: every session and API token ends at once' : 'Let a user sign in again',
    args: ['name'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita users ${verb} ann`],
    async run({ args, options }, io) {
      io.print(rowOf(await connect(options, io).users.update(args[0]!, { disabled })).join('  '));
      return EXIT.ok;
    },
  }),
);

const reset: Command = {
  name: 'users reset-password',
  summary: 'Give a user a one-time password, printed once; every session ends',
  args: ['name'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita users reset-password ann'],
  async run({ args, options }, io) {
    printPassword(await connect(options, io).users.resetPassword(args[0]!), io);
    return EXIT.ok;
  },
};

const sessions: Command = {
  name: 'users sessions',
  summary: 'Where a user is signed in; --end signs the user out everywhere',
  args: ['name'],
  options: { end: { type: 'boolean', help: 'End them' }, ...CONNECTION_OPTIONS },
  examples: ['vaquita users sessions ann --end'],
  async run({ args, options }, io) {
    const { users } = connect(options, io);
    const { items } = await users.sessions(args[0]!, { limit: 500 });
    const rows = items.map((one: SessionView) => [one.createdAt, one.lastSeenAt, one.address, one.userAgent]);
    for (const line of table(['SINCE', 'LAST SEEN', 'ADDRESS', 'BROWSER'], rows)) io.print(line);
    if (options.end) {
      await users.signOut(args[0]!);
      io.print(`signed ${args[0]} out`);
    }
    return EXIT.ok;
  },
};

const roles: Command = {
  name: 'roles',
  summary: 'What each role may do',
  args: [],
  options: {
    permission: { type: 'string', value: 'permission', help: 'List what this one opens' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita roles', 'vaquita roles --permission operate'],
  async run({ options }, io) {
    const view = await connect(options, io).account.roles();
    if (options.permission !== undefined) {
      const wanted = view.permissions.find(({ name }) => name === options.permission);
      if (!wanted) {
        const known = view.permissions.map(({ name }) => name).join(', ');
        throw new UsageError(`There is no permission "${String(options.permission)}"; there are: ${known}.`, roles);
      }
      const rows = wanted.opens.map(({ tag, summary, method, path }) => [tag, summary, `${method} ${path}`]);
      for (const line of table(['ABOUT', 'WHAT', 'REQUEST'], rows)) io.print(line);
      return EXIT.ok;
    }
    const names = view.permissions.map(({ name }) => name);
    const rows = view.roles.map(({ name, permissions }) => [
      name,
      ...names.map((one) => (permissions.includes(one) ? 'yes' : '-')),
    ]);
    for (const line of table(['ROLE', ...names.map((name) => name.toUpperCase())], rows)) io.print(line);
    return EXIT.ok;
  },
};

export const userCommands: readonly Command[] = [list, create, set, ...switches, reset, sessions, roles];

function rowOf({ name, role, disabledAt, passwordExpiresAt, lastSeenAt }: UserView): string[] {
  const invited = passwordExpiresAt === null ? 'active' : `one-time password until ${passwordExpiresAt}`;
  return [name, role, disabledAt === null ? invited : 'disabled', lastSeenAt ?? 'never'];
}

function printPassword({ name, password, passwordExpiresAt }: UserWithPassword, io: CommandIo): void {
  io.print(password);
  io.note(`the one-time password of ${name}, until ${passwordExpiresAt}; it is not shown again`);
}
