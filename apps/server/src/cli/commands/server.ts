/** `start`, `migrate`, `config`: the server itself, on this machine. Its code is loaded only when it is needed. */
import { formatDuration } from '@vaquita/core';
import { describeSettings, type ServerSettings } from '../../settings.ts';
import { loadSettings } from '../../settings-file.ts';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues } from '../command.ts';
import { table } from '../format.ts';

/** What the composition root of the server offers to the command line. */
export interface ServerModule {
  /** Resolves when the server answers. @throws AppError `port_in_use`, `data_dir_unwritable`, `database_newer`, … */
  startServer(settings: ServerSettings): Promise<RunningServer>;
  /** @returns the names of the migrations that were applied. */
  migrateDatabase(settings: ServerSettings): Promise<readonly string[]>;
}

export interface RunningServer {
  /** Gives running work its grace, then lets go of everything. */
  close(): Promise<void>;
}

const SETTINGS_OPTIONS = {
  config: {
    type: 'string',
    value: 'file',
    help: 'Settings file (default: VAQUITA_CONFIG, else ./vaquita.config.json)',
  },
  'database-url': {
    type: 'string',
    value: 'url',
    help: 'file:<path> or the address of a libSQL server (VAQUITA_DATABASE_URL); its token goes into VAQUITA_DATABASE_TOKEN',
  },
  'content-database-url': {
    type: 'string',
    value: 'url',
    help: 'The same for logs and files of tasks, or “folder” (VAQUITA_CONTENT_DATABASE_URL); default: the libSQL server, else the data folder',
  },
  'advertise-url': {
    type: 'string',
    value: 'url',
    help: 'Where workers and other servers reach this one (VAQUITA_ADVERTISE_URL)',
  },
} as const satisfies Record<string, OptionSpec>;

/** What an option of the command line stands for; it wins over the environment. */
const VARIABLE_OF = {
  'database-url': 'VAQUITA_DATABASE_URL',
  'content-database-url': 'VAQUITA_CONTENT_DATABASE_URL',
  'advertise-url': 'VAQUITA_ADVERTISE_URL',
} as const;

function settingsOf(options: OptionValues, io: CommandIo) {
  const path = options.config;
  const env: Record<string, string | undefined> = { ...io.env };
  for (const [option, variable] of Object.entries(VARIABLE_OF)) {
    const given = options[option];
    if (typeof given === 'string') env[variable] = given;
  }
  return loadSettings(env, io.cwd, typeof path === 'string' ? path : undefined);
}

async function loadServer(): Promise<ServerModule> {
  return (await import('../../node.ts')) as ServerModule;
}

/** @param load How the server's code is loaded; a test hands in another. */
export function startCommandOf(load: () => Promise<Pick<ServerModule, 'startServer'>>): Command {
  return {
    name: 'start',
    summary: 'Start the server',
    args: [],
    options: SETTINGS_OPTIONS,
    examples: [
      'vaquita start',
      'VAQUITA_PORT=9000 vaquita start',
      'vaquita start --database-url libsql://db.example.org',
    ],
    async run({ options }, io) {
      const { settings } = settingsOf(options, io);
      const told = new Promise<void>((resolve) => {
        // From the first moment on: a start that takes long is told to stop, too.
        const stop = () => {
          io.note(stopping(settings));
          resolve();
        };
        if (io.signal.aborted) stop();
        else io.signal.addEventListener('abort', stop, { once: true });
      });
      const { startServer } = await load();
      const server = await startServer(settings);
      await told;
      await server.close();
      return EXIT.ok;
    },
  };
}

/** Tasks of other workers go on without this server; only the embedded one's have to end with it. */
function stopping({ embeddedWorker, shutdownGraceMs }: ServerSettings): string {
  const grace =
    embeddedWorker && shutdownGraceMs > 0 ? `; running tasks have ${formatDuration(shutdownGraceMs)} to end` : '';
  return `Stopping${grace}. Ctrl-C again ends at once.`;
}

export const startCommand = startCommandOf(loadServer);

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Bring the database to the version of this server',
  args: [],
  options: SETTINGS_OPTIONS,
  examples: ['vaquita migrate'],
  async run({ options }, io) {
    const { settings } = settingsOf(options, io);
    const { migrateDatabase } = await loadServer();
    const applied = await migrateDatabase(settings);
    for (const name of applied) io.print(`applied ${name}`);
    if (applied.length === 0) io.print('nothing to do: the database is up to date');
    return EXIT.ok;
  },
};

export const configCommand: Command = {
  name: 'config',
  summary: 'Show the effective settings, without secrets',
  args: [],
  options: SETTINGS_OPTIONS,
  examples: ['vaquita config'],
  async run({ options }, io) {
    const loaded = settingsOf(options, io);
    const rows = describeSettings(loaded).map(({ env, value, source }) => [env, value, source]);
    for (const line of table(['SETTING', 'VALUE', 'FROM'], rows)) io.print(line);
    io.note(loaded.file === null ? 'no settings file' : `settings file: ${loaded.file}`);
    return EXIT.ok;
  },
};
