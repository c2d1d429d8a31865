/** A real NATS server with JetStream on its disk. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificate } from './self-signed.ts';
import { findProgram, type ServerProcess, startServerProcess } from './server-process.ts';

/** Undefined where it is not installed: tests that need one are skipped there. */
export const NATS_BINARY: string | undefined = findProgram('nats-server');
/** Why, to be said with the skipped tests. */
export const NO_NATS = 'nats-server is not installed: tools/install-brokers.sh does it on Debian and Ubuntu';

export interface NatsServerOptions {
  /** Of its configuration file, such as `authorization { … }`. */
  readonly config?: string;
  readonly certificate?: TestCertificate;
}

export function startNats({ config = '', certificate }: NatsServerOptions = {}): Promise<ServerProcess> {
  if (NATS_BINARY === undefined) throw new Error(NO_NATS);
  return startServerProcess({
    binary: NATS_BINARY,
    ready: /Server is ready/,
    args({ port, folder }) {
      const place = join(folder, 'nats.conf');
      const storage = `jetstream { store_dir: "${join(folder, 'jetstream')}" }`;
      writeFileSync(place, [config, storage, certificate ? tls(folder, certificate) : ''].join('\n'));
      return ['-a', '127.0.0.1', '-p', String(port), '-c', place];
    },
  });
}

function tls(folder: string, { cert, key }: TestCertificate): string {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  return `tls { cert_file: "${certFile}", key_file: "${keyFile}" }`;
}
