/**
 * Takes one module out of a package in a registry. Nothing of the package is written to a disk, and nothing of it is run.
 *
 * N1 What was fetched is what the registry's metadata says: its SHA-512 is compared before anything is read in it.
 * N2 Sizes are bounded before and after unpacking.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FoundPackage } from '@vaquita/core';
import { unpackTar } from 'modern-tar';
import type { Answer } from '../outbound/exchange.ts';
import type { HttpClient } from '../outbound/http-client.ts';
import { MAX_CODE_BYTES, MIB } from './limits.ts';
import { readManifest } from './package-entry.ts';

export interface RegistryAccess {
  readonly http: HttpClient;
  /** Address, without a slash at its end. */
  readonly registry: string;
}

interface Wanted {
  readonly name: string;
  /** A version or a tag. */
  readonly version: string;
}

interface Release {
  readonly tarball: string;
  /** Of its bytes. */
  readonly sha512: Buffer;
}

const TIMEOUT_MS = 60_000;
const MAX_METADATA_BYTES = 2 * MIB;
const MAX_TARBALL_BYTES = 10 * MIB;
const MAX_UNPACKED_BYTES = 40 * MIB;
const unzip = promisify(gunzip);

export async function fetchPackage(
  { http, registry }: RegistryAccess,
  { name, version }: Wanted,
  signal: AbortSignal,
): Promise<FoundPackage> {
  const metadata = await get(`${registry}/${name.replace('/', '%2f')}/${version}`, MAX_METADATA_BYTES);
  if ('problem' in metadata) return bad(metadata.problem);
  if (metadata.status === 404) return bad(`${registry} has no package ${name} of version ${version}`);
  if (metadata.status !== 200) return bad(`${registry} answers ${metadata.status} for the package ${name}`);
  const release = readRelease(metadata.text, registry);
  if ('problem' in release) return bad(release.problem);

  const archive = await get(release.tarball, MAX_TARBALL_BYTES);
  if ('problem' in archive) return bad(archive.problem);
  if (archive.status !== 200) return bad(`${new URL(release.tarball).host} answers ${archive.status} for the archive`);
  const sha512 = createHash('sha512').update(archive.bytes).digest();
  if (!timingSafeEqual(sha512, release.sha512))
    return bad('the archive is not the one that the registry tells of: its SHA-512 differs');
  const files = await unpack(archive.bytes);
  return files === null ? bad('the archive cannot be unpacked, or is too big') : readFiles(files, name);

  async function get(url: string, maxAnswerBytes: number): Promise<Answer | { readonly problem: string }> {
    const answer = await http.request({
      method: 'GET',
      url,
      headers: { accept: 'application/json, */*;q=0.1' },
      body: null,
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes,
      maxRedirects: 3,
      signal,
    });
    if (!answer.ok) return { problem: `the registry could not be asked: ${answer.message}` };
    return answer.complete
      ? answer
      : { problem: `the answer of ${new URL(url).host} is longer than ${maxAnswerBytes / MIB} MiB` };
  }
}

function readRelease(text: string, registry: string): Release | { readonly problem: string } {
  let dist: { tarball?: unknown; integrity?: unknown } | undefined;
  try {
    dist = JSON.parse(text)?.dist;
  } catch {
    return { problem: `${registry} does not answer as a registry of packages` };
  }
  const digest = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)/.exec(String(dist?.integrity))?.[1];
  if (digest === undefined) return { problem: `${registry} tells no SHA-512 of the package, so it cannot be checked` };
  const tarball = String(dist?.tarball);
  if (!URL.canParse(tarball) || (registry.startsWith('https:') && !tarball.startsWith('https:'))) {
    return { problem: `${registry} names no address of the archive that may be used` };
  }
  return { tarball, sha512: Buffer.from(digest, 'base64') };
}

type Files = ReadonlyMap<string, Uint8Array>;

/** By their path below the one folder at the top, whatever it is called. Null when it is no archive. */
async function unpack(bytes: Uint8Array): Promise<Files | null> {
  try {
    const archive = await unzip(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
    const entries = await unpackTar(archive);
    const files = entries.flatMap(({ header, data }) =>
      data && (header.type === undefined || header.type === 'file')
        ? [[header.name.slice(header.name.indexOf('/') + 1), data] as const]
        : [],
    );
    return new Map(files);
  } catch {
    return null;
  }
}

function readFiles(files: Files, name: string): FoundPackage {
  const text = files.get('package.json');
  const manifest =
    text === undefined ? { problem: 'it has no package.json' } : readManifest(Buffer.from(text).toString());
  if ('problem' in manifest) return bad(manifest.problem);
  if (manifest.name !== name) return bad(`the archive holds another package, ${manifest.name.slice(0, 214)}`);
  const code = files.get(manifest.entry);
  if (code === undefined) return bad(`it names ${manifest.entry} as its module, which it does not have`);
  if (code.length > MAX_CODE_BYTES)
    return bad(`${manifest.entry} has ${code.length} bytes; a plugin may have at most ${MAX_CODE_BYTES}`);
  return {
    ok: true,
    packageName: name,
    version: manifest.version,
    from: 'registry',
    code: Buffer.from(code).toString('utf8'),
  };
}

function bad(problem: string): FoundPackage {
  return { ok: false, problem };
}
