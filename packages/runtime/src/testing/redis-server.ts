/** A real Redis server that keeps every write on its disk before it answers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificate } from './self-signed.ts';
import { findProgram, type ServerProcess, startServerProcess } from './server-process.ts';

/** Undefined where it is not installed: tests that need one are skipped there. */
export const REDIS_BINARY: string | undefined = findProgram('redis-server');
/** Why, to be said with the skipped tests. */
export const NO_REDIS = 'redis-server is not installed: tools/install-brokers.sh does it on Debian and Ubuntu';

export interface RedisServerOptions {
  readonly password?: string;
  /** It takes encrypted connections only. */
  readonly certificate?: TestCertificate;
}

export function startRedis({ password, certificate }: RedisServerOptions = {}): Promise<ServerProcess> {
  if (REDIS_BINARY === undefined) throw new Error(NO_REDIS);
  return startServerProcess({
    binary: REDIS_BINARY,
    ready: /Ready to accept connections/,
    args: ({ port, folder }) => [
      ...(certificate === undefined ? ['--port', String(port)] : tlsArgs(port, folder, certificate)),
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    ],
  });
}

function tlsArgs(port: number, folder: string, { cert, key }: TestCertificate): string[] {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile];
  return ['--port', '0', '--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
}
