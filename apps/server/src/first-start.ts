/** What a new database gets before the server answers: somebody who may sign in, and tokens for this machine. */
import { ADMIN_NAME, hashPassword, makePassword, makeToken, verifyPassword } from '@vaquita/api';
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

/** Also the name under which the `vaquita` command looks for it. */
const CLI_TOKEN_FILE = 'cli-token';
const WORKER_TOKEN_FILE = 'embedded-worker-token';

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
  /** With which a password of the person's own is chosen in the browser; null once somebody has come in. */
  readonly setUpCode: string | null;
}

/** Makes the admin when there is nobody, and takes over a password that the operator has changed in the settings. */
export async function ensureAdmin({ store, host, ids, settings }: FirstStartDeps): Promise<Accounts> {
  const known = await store.users.findByName(ADMIN_NAME);
  if (known) {
    await takeOverPassword({ store, host, settings }, known);
    const setUpCode = await renewSetUpCode({ store, host }, known.id);
    return { adminId: known.id, generatedPassword: null, setUpCode };
  }
  const password = settings.adminPassword ?? makePassword(host.random);
  const setUpCode = settings.adminPassword === null ? makePassword(host.random) : null;
  const now = host.clock.now();
  const id = ids.next<'user'>();
  await store.users.create({
    id,
    name: ADMIN_NAME,
    passwordHash: await hashPassword(password, host.random),
    role: 'admin',
    passwordExpiresAt: null,
    disabledAt: null,
    lastSeenAt: null,
    setUpHash: setUpCode === null ? null : await sha256Hex(setUpCode),
    preferences: {},
    createdAt: now,
    updatedAt: now,
  });
  return { adminId: id, generatedPassword: settings.adminPassword === null ? password : null, setUpCode };
}

/** While nobody has come in, each start prints a code of its own: that of the last one may be out of sight. */
async function renewSetUpCode(
  { store, host }: Pick<FirstStartDeps, 'store' | 'host'>,
  id: UserId,
): Promise<string | null> {
  const admin = await store.users.find(id);
  if (!admin || admin.setUpHash === null) return null;
  const code = makePassword(host.random);
  await store.users.update(id, { setUpHash: await sha256Hex(code), at: host.clock.now() });
  return code;
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
  if ((await store.users.find(adminId))?.disabledAt !== null) {
    deps.host.log.warn(`The user ${ADMIN_NAME} is disabled: commands on this machine need a token of somebody else.`);
    return;
  }
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
