import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createFaultCounts, WORKER_FAULTS } from './faults.ts';

const page = readFileSync(new URL('../../../protocol/PROTOCOL.md', import.meta.url), 'utf8');

test('the specification lists every fault, by the name under which it is counted', () => {
  const section = page.split(/^## /m).find((part) => part.startsWith('Faults\n'))!;
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.map((row) =>
    row
      .split('|')
      .slice(1, 3)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
  expect(listed).toEqual(Object.entries(WORKER_FAULTS));
});

test('what is counted is told by name, and what never was is not there', () => {
  const counts = createFaultCounts();
  counts.fault('deaf');
  counts.fault('deaf');
  counts.rejected('evicted');
  counts.ended('flooded');
  expect(counts.report()).toEqual({ faults: { deaf: 2 }, rejects: { evicted: 1 }, sessionsEnded: { flooded: 1 } });
});
