/** The journal on a disk that fails, tears and forgets: what was promised is there after the process has ended. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type JournalDisk, openJournal } from './worker-journal.ts';
import { encodeEntry } from './worker-journal-lines.ts';

type Fate = 'works' | 'fails before' | 'fails half way' | 'fails after' | 'power cut';

/** A file as a system keeps it: what is synced is safe, of the rest any beginning is, and a failed sync loses it for good. */
function createDisk(content = '', fates: Fate[] = []) {
  let safe = content;
  let cached = '';
  let lost = false;
  let dead = false;
  /** A rename that the folder was not synced after: a power cut brings the file before it back. */
  let undone: string | null = null;
  const counts = { syncs: 0, replaces: 0 };
  const aside: string[] = [];

  /** One call of the system: `half` and `whole` are what it leaves when it stops there. */
  async function call(half: () => void, whole: () => void): Promise<void> {
    if (dead) return new Promise(() => {});
    await Promise.resolve();
    const fate = fates.shift() ?? 'works';
    if (fate === 'works' || fate === 'fails after') whole();
    else if (fate !== 'fails before') half();
    if (fate === 'power cut') dead = true;
    if (dead) return new Promise(() => {});
    if (fate !== 'works') throw new Error('the disk failed');
  }

  const disk: JournalDisk = {
    read: async () => Buffer.from(safe + cached),
    append(text) {
      if (dead) return;
      const fate = fates.shift() ?? 'works';
      cached +=
        fate === 'works' || fate === 'fails after'
          ? text
          : fate === 'fails before'
            ? ''
            : text.slice(0, text.length / 2);
      if (fate === 'power cut') dead = true;
      else if (fate !== 'works') throw new Error('the disk failed');
    },
    sync() {
      counts.syncs += 1;
      const forget = () => {
        lost = true;
      };
      if (fates[0]?.startsWith('fails')) forget();
      return call(forget, () => {
        if (!lost) {
          safe += cached;
          cached = '';
        }
      });
    },
    replace(text) {
      counts.replaces += 1;
      const before = fates[0] === 'fails after' ? (undone ?? safe) : null;
      return call(
        () => {},
        () => {
          undone = before;
          safe = text;
          cached = '';
          lost = false;
        },
      );
    },
    async setAside(bytes) {
      aside.push(Buffer.from(bytes).toString());
    },
    async close() {},
  };
  return {
    disk,
    aside,
    counts,
    afterPowerCut: (kept: number) => undone ?? safe + (lost ? '' : cached.slice(0, kept)),
    isDead: () => dead,
    /** What the next process finds. */
    afterCrash: () => safe + cached,
  };
}

function createLog() {
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  return { said, log: { warn: say, error: say } };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

test('J1, J4, J5: whatever fails and whenever the process ends, what was promised and not removed is there', async () => {
  const fate = fc.constantFrom<Fate>('works', 'works', 'works', 'fails before', 'fails half way', 'fails after');
  const steps = fc.array(fc.record({ remove: fc.boolean(), turns: fc.nat(2) }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fate, { maxLength: 40 }), fc.nat(200), async (script, fates, kept) => {
      const { disk, isDead, afterCrash, afterPowerCut } = createDisk('', ['works', ...fates, 'power cut']);
      const journal = await openJournal(disk, { ...createLog(), compactBytes: 100, syncDelayMs: 0 });
      const asked = new Set<string>();
      const promised = new Set<string>();
      for (const [i, step] of script.entries()) {
        const name = `d${i}`;
        asked.add(name);
        void journal.put(name, `text of ${name}`).then(
          () => !isDead() && promised.add(name),
          () => undefined,
        );
        await turns(step.turns);
        const [first] = promised;
        if (!step.remove || first === undefined) continue;
        if (!isDead()) promised.delete(first);
        void journal.remove(first).catch(() => undefined);
      }
      await turns(3);
      const found = await (await openJournal(createDisk(afterCrash()).disk, createLog())).readAll();
      for (const name of promised) expect(found.get(name)).toBe(`text of ${name}`);
      for (const name of found.keys()) expect(asked).toContain(name);
      // A power cut may take the newest of them, and never leaves what nobody has put.
      const left = await (await openJournal(createDisk(afterPowerCut(kept)).disk, createLog())).readAll();
      for (const name of left.keys()) expect(asked).toContain(name);
    }),
    { numRuns: 300 },
  );
});

test('J2: what ends together is written with one call, and its promises are kept before the turn is over', async () => {
  const { disk } = createDisk();
  const appended: string[] = [];
  const journal = await openJournal({ ...disk, append: (text) => void appended.push(text) }, createLog());
  await Promise.all(Array.from({ length: 50 }, (_, i) => journal.put(`d${i}`, 'x')));
  expect(appended).toHaveLength(1);
});

test('J3: a power cut takes nothing that is older than the delay, and lines that come together share a sync', async () => {
  const { disk, counts, afterPowerCut } = createDisk();
  const journal = await openJournal(disk, { ...createLog(), syncDelayMs: 0 });
  await Promise.all([journal.put('d1', 'x'), journal.put('d2', 'x')]);
  await vi.waitFor(() => expect(counts.syncs).toBe(1));
  await turns(3);
  const found = await (await openJournal(createDisk(afterPowerCut(0)).disk, createLog())).readAll();
  expect([...found.keys()]).toEqual(['d1', 'd2']);
});

test('J3: the end of the journal syncs what is left', async () => {
  const { disk, counts } = createDisk();
  const journal = await openJournal(disk, createLog());
  await journal.put('d1', 'x');
  await journal.remove('d1');
  expect((await journal.readAll()).size).toBe(0);
  expect(counts.syncs).toBe(0);
  await journal.close();
  expect(counts.syncs).toBe(1);
});

test('J5: the file is written anew when it holds more in vain than for good, past a limit', async () => {
  const { disk, counts } = createDisk();
  const journal = await openJournal(disk, { ...createLog(), compactBytes: 1_000 });
  for (let i = 0; i < 100; i++) {
    await journal.put(`d${i}`, 'x'.repeat(50));
    await journal.remove(`d${i}`);
  }
  await journal.put('last', 'x');
  expect(counts.replaces).toBeGreaterThan(5);
  expect(counts.replaces).toBeLessThan(20);
  expect((await disk.read())?.length).toBeLessThan(1_200);
  expect([...(await journal.readAll()).keys()]).toEqual(['last']);
});

test('J6: a torn last line is dropped with a warning, and the journal goes on', async () => {
  const line = encodeEntry({ put: 'd1', text: 'ä' });
  const { disk, aside } = createDisk(line + encodeEntry({ put: 'd2', text: 'y' }).slice(0, -3));
  const { said, log } = createLog();
  const journal = await openJournal(disk, { log });
  expect(await journal.readAll()).toEqual(new Map([['d1', 'ä']]));
  expect(said).toEqual([expect.stringContaining('not whole')]);
  expect(aside).toEqual([]);
  await journal.put('d3', 'z');
  expect((await disk.read())?.toString()).toBe(line + encodeEntry({ put: 'd3', text: 'z' }));
});

test.each([
  ['a changed letter', (line: string) => line.replace('"two"', '"twp"')],
  ['a changed length', (line: string) => `9${line}`],
  ['no head', (line: string) => line.slice(line.indexOf('{'))],
])('J6: %s in the middle: the line is kept aside, and those around it are read', async (_, damage) => {
  const [one, two, three] = ['one', 'two', 'three'].map((text) => encodeEntry({ put: text, text }));
  const damaged = damage(two!);
  const { disk, aside } = createDisk(one! + damaged + three!);
  const { said, log } = createLog();
  const journal = await openJournal(disk, { log });
  expect([...(await journal.readAll()).keys()]).toEqual(['one', 'three']);
  expect(aside).toEqual([damaged]);
  expect(said).toEqual([expect.stringContaining('put aside')]);
});

test('a damaged line break takes neither of its lines with it', async () => {
  const text = `${encodeEntry({ put: 'd1', text: 'x' }).slice(0, -1)}#${encodeEntry({ put: 'd2', text: 'y' })}`;
  const journal = await openJournal(createDisk(text).disk, createLog());
  expect([...(await journal.readAll()).keys()]).toEqual(['d1', 'd2']);
});

test('J4: after a compaction that failed half way, the next result does not go to a file that may vanish', async () => {
  const fates: Fate[] = [];
  const { disk, afterCrash } = createDisk('', fates);
  const journal = await openJournal(disk, { ...createLog(), compactBytes: 100 });
  await journal.put('d1', 'x'.repeat(200));
  fates.push('works', 'fails after', 'works', 'fails before');
  await journal.remove('d1');
  await journal.put('d2', 'y');
  const found = await (await openJournal(createDisk(afterCrash()).disk, createLog())).readAll();
  expect([...found.keys()]).toEqual(['d2']);
});
