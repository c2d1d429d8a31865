/** The server on Node: gives the assembly what it needs of this runtime, and says where the server is. */
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, toAppError } from '@vaquita/core';
import { SOCKET_PATH } from '@vaquita/protocol';
import {
  createLogger,
  createWorkerSockets,
  defer,
  openAlertSender,
  openPrivateFiles,
  openStaticFiles,
  peerAddress,
  prepareDataFolder,
  preparePrivateFile,
  startHttpServer,
  systemClock,
  systemRandom,
} from '@vaquita/runtime/node/server';
import { migrate, openRemoteDriver, openThreadDriver, type SqlDriver } from '@vaquita/store';
import packageJson from '../package.json' with { type: 'json' };
import { assembleServer } from './assemble.ts';
import { openContent } from './content.ts';
import { readContentToken, readDatabaseToken } from './database-token.ts';
import { startEmbeddedWorker } from './embedded-worker.ts';
import { readExampleFiles } from './example-files.ts';
import type { Listening, ListenOptions, ServerHost } from './host.ts';
import { openListeners } from './listeners/open-listeners.ts';
import { openAsk, readOutbound } from './outbound.ts';
import type { ServerSettings } from './settings.ts';

const UI_FOLDER = fileURLToPath(new URL('../../../dist/web', import.meta.url));

/** Resolves when the server answers. @throws AppError `port_in_use`, `data_dir_unwritable`, `database_newer`, … */
export async function startServer(settings: ServerSettings): Promise<{ close(): Promise<void> }> {
  await prepareDataFolder(settings.dataDir);
  const server = await assembleServer(nodeHost(settings), settings, packageJson.version);
  for (const line of server.greeting) process.stdout.write(`${line}\n`);
  return server;
}

/** @returns the names of the migrations that were applied. */
export async function migrateDatabase(settings: ServerSettings): Promise<readonly string[]> {
  await prepareDataFolder(settings.dataDir);
  const driver = await openDatabase(settings);
  try {
    return await migrate(driver);
  } finally {
    await driver.close();
  }
}

function nodeHost(settings: ServerSettings): ServerHost {
  const log = createLogger(settings.logLevel);
  return {
    clock: systemClock,
    random: systemRandom,
    log,
    hostName: hostname(),
    defer,
    fetch,
    openDatabase,
    openContent: (given) => openContent(given, (url) => openContentDatabase(url, given)),
    openAlertSender: async (given) =>
      openAlertSender({
        ...(await readOutbound(given, process.env)),
        ended: (why) => log.error('The thread that sends alerts has ended; the next alert starts another.', { why }),
      }),
    openAsk: async (given) => openAsk(await readOutbound(given, process.env)),
    openListeners: (given) =>
      openListeners(given, { clock: systemClock, env: process.env, version: packageJson.version }),
    privateFiles: ({ dataDir }) => openPrivateFiles(dataDir),
    readExamples: readExampleFiles,
    listen: (options) => listen(options, (error) => log.error('A connection failed.', { error: String(error) })),
    startWorker: (options) => startEmbeddedWorker(options, log),
    peerAddress,
  };
}

async function openDatabase(settings: ServerSettings): Promise<SqlDriver> {
  const { databaseUrl: url } = settings;
  if (!url.startsWith('file:'))
    return await openDatabaseServer(url, 'VAQUITA_DATABASE', () => readDatabaseToken(settings));
  return await openDatabaseFile(url);
}

/** A token is told to the database only for which it was given. */
async function openContentDatabase(url: string, settings: ServerSettings): Promise<SqlDriver> {
  if (url.startsWith('file:')) return await openDatabaseFile(url);
  if (url === settings.databaseUrl) {
    return await openDatabaseServer(url, 'VAQUITA_DATABASE', () => readDatabaseToken(settings));
  }
  return await openDatabaseServer(url, 'VAQUITA_CONTENT_DATABASE', () => readContentToken(settings));
}

async function openDatabaseFile(url: string): Promise<SqlDriver> {
  const path = url.slice('file:'.length);
  await prepareDataFolder(dirname(path));
  await preparePrivateFile(path);
  return openThreadDriver({ path });
}

/** `named`: how the names of its settings begin. */
async function openDatabaseServer(
  url: string,
  named: string,
  readToken: () => Promise<string | null>,
): Promise<SqlDriver> {
  try {
    return await openRemoteDriver({ url, readToken });
  } catch (cause) {
    const hint = `Check ${named}_URL, and ${named}_TOKEN or its file if the database asks for a token.`;
    throw new AppError('bad_settings', `${toAppError(cause).message} ${hint}`, { cause });
  }
}

async function listen(options: ListenOptions, onError: (error: unknown) => void): Promise<Listening> {
  const { basePath } = options;
  const ui = await openStaticFiles({
    ...{ folder: UI_FOLDER, fallback: 'index.html', immutablePrefix: '/_app/immutable/', basePath },
  });
  const sockets = createWorkerSockets(options.acceptWorker);
  const http = await startHttpServer({
    host: options.host,
    port: options.port,
    basePath,
    fetch: async (request, env) =>
      (isApi(request) ? undefined : await ui.serve(request)) ?? options.fetch(request, env),
    upgrades: new Map([[SOCKET_PATH, sockets.upgrade]]),
    onError,
  });
  return {
    url: http.url,
    port: http.port,
    async close(graceMs) {
      sockets.close();
      await http.close(graceMs);
    },
  };
}

/** The rest of the addresses are pages. */
function isApi(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return pathname.startsWith('/api/') || pathname === '/health' || pathname === '/ready' || pathname === '/metrics';
}
