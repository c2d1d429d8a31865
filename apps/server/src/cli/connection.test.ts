import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConnection } from './connection.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vaquita-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('findConnection', () => {
  const env = () => ({ VAQUITA_DATA_DIR: folder, VAQUITA_PORT: '9090' });

  it('prefers options over the environment', () => {
    const given = { server: 'http://a', token: 'vqa_a' };
    const found = findConnection(given, {
      env: { VAQUITA_SERVER_URL: 'http://b', VAQUITA_TOKEN: 'vqa_b' },
      cwd: folder,
    });
    expect(found).toEqual({ url: 'http://a', token: 'vqa_a' });
  });

  it('finds the server of this machine by its data folder', () => {
    writeFileSync(join(folder, 'cli-token'), 'vqa_local\n');
    expect(findConnection({}, { env: env(), cwd: folder })).toEqual({
      url: 'http://127.0.0.1:9090',
      token: 'vqa_local',
    });
    const everywhere = { ...env(), VAQUITA_HOST: '0.0.0.0' };
    expect(findConnection({}, { env: everywhere, cwd: folder }).url).toBe('http://127.0.0.1:9090');
  });

  it('finds it where it says it listens, whatever port this shell would give it', () => {
    writeFileSync(join(folder, 'cli-token'), 'vqa_local\n');
    writeFileSync(join(folder, 'server-url'), 'http://127.0.0.1:40123\n');
    const io = { env: env(), cwd: folder };
    const there = { url: 'http://127.0.0.1:40123', token: 'vqa_local' };
    expect(findConnection({}, io)).toEqual(there);
    expect(findConnection({ server: there.url }, io)).toEqual(there);
    expect(findConnection({ server: 'http://127.0.0.1:9090' }, io).url).toBe('http://127.0.0.1:9090');
    expect(() => findConnection({ server: 'http://elsewhere.example:40123' }, io)).toThrow(/--token/);
    const named = { ...io.env, VAQUITA_SERVER_URL: 'http://named', VAQUITA_TOKEN: 'vqa_named' };
    expect(findConnection({}, { ...io, env: named })).toEqual({ url: 'http://named', token: 'vqa_named' });
  });

  it('goes by the settings when the file holds no address', () => {
    writeFileSync(join(folder, 'cli-token'), 'vqa_local\n');
    writeFileSync(join(folder, 'server-url'), 'file:///etc/passwd');
    expect(findConnection({}, { env: env(), cwd: folder }).url).toBe('http://127.0.0.1:9090');
  });

  it('does not send the local token to another server', () => {
    writeFileSync(join(folder, 'cli-token'), 'vqa_local');
    const elsewhere = () => findConnection({ server: 'https://elsewhere.example' }, { env: env(), cwd: folder });
    expect(elsewhere).toThrow(/--token/);
  });

  it('says where it looked when there is no token', () => {
    expect(() => findConnection({}, { env: env(), cwd: folder })).toThrow(join(folder, 'cli-token'));
  });
});
