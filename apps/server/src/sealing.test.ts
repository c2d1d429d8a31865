import { createSeededRandom } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { openSealing, SECRET_KEY_FILE } from './sealing.ts';

function fakeHost() {
  const folders = new Map<string, string>();
  const random = createSeededRandom(5);
  return {
    folders,
    random,
    privateFiles: ({ dataDir }: { dataDir: string }) => ({
      read: async (name: string) => folders.get(`${dataDir}/${name}`),
      write: async (name: string, text: string) => void folders.set(`${dataDir}/${name}`, text),
      async create(name: string, text: string) {
        const isNew = !folders.has(`${dataDir}/${name}`);
        if (isNew) folders.set(`${dataDir}/${name}`, text);
        return isNew;
      },
    }),
  };
}

const file = { secretKey: null, databaseUrl: 'file:/data/vaquita.db' };

test('the first start makes a key beside the database file, and every server on that file has it', async () => {
  const host = fakeHost();
  const first = await openSealing(host, file);
  expect(first.refusal).toBeNull();
  expect([...host.folders.keys()]).toEqual([`/data/${SECRET_KEY_FILE}`]);
  const sealed = await first.sealer.seal('a', 'text');
  expect(await (await openSealing(host, file)).sealer.open('a', sealed)).toBe('text');
});

test('of two that make the key at once both have the one that is kept', async () => {
  const host = fakeHost();
  const [one, other] = await Promise.all([openSealing(host, file), openSealing(host, file)]);
  expect(await other.sealer.open('a', await one.sealer.seal('a', 'text'))).toBe('text');
});

test('a key in the settings comes before the file, and none is made', async () => {
  const host = fakeHost();
  const { sealer } = await openSealing(host, { ...file, secretKey: 'ab'.repeat(32) });
  expect(host.folders.size).toBe(0);
  const shared = { secretKey: 'ab'.repeat(32), databaseUrl: 'http://db:8081' };
  expect(await (await openSealing(host, shared)).sealer.open('a', await sealer.seal('a', 'text'))).toBe('text');
});

test('servers that may be several need the setting: nothing is sealed with a key that another has not', async () => {
  const host = fakeHost();
  const { sealer, refusal } = await openSealing(host, { secretKey: null, databaseUrl: 'libsql://db.example' });
  expect(refusal).toContain('VAQUITA_SECRET_KEY');
  expect(host.folders.size).toBe(0);
  await expect(sealer.seal('a', 'b')).rejects.toMatchObject({ code: 'bad_settings', message: refusal });
});

test('a file that holds no key stops the start rather than being replaced', async () => {
  const host = fakeHost();
  host.folders.set(`/data/${SECRET_KEY_FILE}`, '');
  await expect(openSealing(host, file)).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringContaining('/data'),
  });
  expect(host.folders.get(`/data/${SECRET_KEY_FILE}`)).toBe('');
});
