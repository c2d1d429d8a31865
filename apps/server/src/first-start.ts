/** What a new database gets before the server answers: somebody who may sign in, and tokens for this machine. */
import { hashPassword, makeToken, verifyPassword } from '@vaquita/api';
import {
  CLUSTER_ALERT_KINDS,
  DEFAULT_ALERT_GROUP,
  type IdSource,
  sha256Hex,
  toAppError,
  type UserId,
} from '@vaquita/core';
import type { Store, UserRow } from '@vaquita/store';
import type { ServerHost } from './host.ts';
import type { ServerSettings } from './settings.ts';

export const ADMIN_NAME = 'admin';

/** Also the name under which the `vaquita` command looks for it. */
const CLI_TOKEN_FILE = 'cli-token';
const WORKER_TOKEN_FILE = 'embedded-worker-token';

/** No letters that are easily taken for one another. */
const PASSWORD_ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const PASSWORD_LENGTH = 20;

export interface FirstStartDeps {
  readonly store: Store;
  readonly host: ServerHost;
  readonly ids: IdSource;
  readonly settings: ServerSettings;
}

export interface Accounts {
  readonly adminId: UserId;
  /** Known only when it was made just now; it is kept nowhere. */
  readonly generatedPassword: string | null;
}

/** Makes the admin when there is nobody, and takes over a password that the operator has changed in the settings. */
export async function ensureAdmin({ store, host, ids, settings }: FirstStartDeps): Promise<Accounts> {
  const known = await store.users.findByName(ADMIN_NAME);
  if (known) {
    await takeOverPassword({ store, host, settings }, known);
    return { adminId: known.id, generatedPassword: null };
  }
  const password = settings.adminPassword ?? makePassword(host);
  const now = host.clock.now();
  const id = ids.next<'user'>();
  await store.users.create({
    id,
    name: ADMIN_NAME,
    passwordHash: await hashPassword(password, host.random),
    role: 'admin',
    createdAt: now,
    updatedAt: now,
  });
  return { adminId: id, generatedPassword: settings.adminPassword === null ? password : null };
}

/** Who has lost the admin's password sets another one in the settings and starts the server again. */
async function takeOverPassword({ store, host, settings }: Omit<FirstStartDeps, 'ids'>, admin: UserRow): Promise<void> {
  const wanted = settings.adminPassword;
  if (wanted === null || (await verifyPassword(wanted, admin.passwordHash))) return;
  const passwordHash = await hashPassword(wanted, host.random);
  await store.users.setPassword(admin.id, { passwordHash, at: host.clock.now(), keepSession: null });
  host.log.warn(
    'The password of the admin was replaced by the one in the settings, and all sessions of the admin ended.',
  );
}

/** The API token of the operator's settings, and the one with which commands on this machine work without any. */
export async function ensureTokens(deps: FirstStartDeps, adminId: UserId): Promise<void> {
  const { store, settings } = deps;
  if (settings.adminToken !== null && !(await isKnown(store, settings.adminToken, deps.host.clock.now()))) {
    await addToken(deps, { kind: 'api', name: 'VAQUITA_ADMIN_TOKEN', userId: adminId, token: settings.adminToken });
  }
  await ensureTokenFile(deps, CLI_TOKEN_FILE, {
    kind: 'api',
    name: 'vaquita command on this machine',
    userId: adminId,
  });
}

/** The token of the worker that lives in this process. */
export function ensureWorkerToken(deps: FirstStartDeps): Promise<string> {
  return ensureTokenFile(deps, WORKER_TOKEN_FILE, { kind: 'worker', name: 'embedded worker', userId: null });
}

interface Wanted {
  readonly kind: 'api' | 'worker';
  readonly name: string;
  readonly userId: UserId | null;
  readonly token?: string;
}

/** A file whose token the database no longer takes (restored, revoked, another database) gets a new one. */
async function ensureTokenFile(deps: FirstStartDeps, file: string, wanted: Wanted): Promise<string> {
  const files = deps.host.privateFiles(deps.settings);
  const kept = (await files.read(file))?.trim();
  if (kept && (await isKnown(deps.store, kept, deps.host.clock.now()))) return kept;
  const token = await addToken(deps, wanted);
  await files.write(file, `${token}\n`);
  return token;
}

async function isKnown(store: Store, token: string, now: number): Promise<boolean> {
  const row = await store.tokens.use(await sha256Hex(token), now);
  return row !== undefined && row.revokedAt === null && (row.expiresAt === null || row.expiresAt > now);
}

async function addToken({ store, host, ids }: FirstStartDeps, wanted: Wanted): Promise<string> {
  const { token, row } = await makeToken(
    { clock: host.clock, random: host.random, ids },
    { expiresAt: null, ...wanted },
  );
  await store.tokens.create(row);
  return token;
}

function makePassword(host: ServerHost): string {
  let password = '';
  while (password.length < PASSWORD_LENGTH) {
    for (const byte of host.random.bytes(PASSWORD_LENGTH)) {
      // Bytes past the last whole multiple would favour the first letters.
      if (byte < 256 - (256 % PASSWORD_ALPHABET.length))
        password += PASSWORD_ALPHABET[byte % PASSWORD_ALPHABET.length]!;
    }
  }
  return password.slice(0, PASSWORD_LENGTH);
}

/** A group to which a channel can be added: of every alert about the cluster, and of workflows that name no other. */
export async function ensureAlertGroup({ store, host, ids }: FirstStartDeps): Promise<void> {
  if ((await store.alertGroups.find(DEFAULT_ALERT_GROUP)) !== undefined) return;
  const now = host.clock.now();
  const about = 'Told of the cluster itself, and of workflows that name no other group';
  try {
    await store.alertGroups.create({
      ...{ id: ids.next<'alert-group'>(), name: DEFAULT_ALERT_GROUP, description: about },
      ...{ kinds: CLUSTER_ALERT_KINDS, channels: [], createdAt: now, updatedAt: now },
    });
  } catch (thrown) {
    // Another server was first.
    if (toAppError(thrown).code !== 'name_in_use') throw thrown;
  }
}
