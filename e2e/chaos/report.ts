/** What a chaos run says of itself. The last line is the count. */
import { percentile } from '../../bench/figures.ts';
import type { Verdict } from './chaos.ts';

export function reportOf(verdict: Verdict): readonly string[] {
  const { lost, repeats, recoveries, troubles, tasksRun, runs, repeatedCalls, folder } = verdict;
  const unexplained = repeats.filter(({ cause }) => cause === null);
  return [
    '',
    `${runs} runs; ${countsOf(troubles.map(({ what }) => what))}; ${repeatedCalls} calls made again`,
    ...recoveryLines(verdict),
    ...(repeats.length > 0 ? ['', 'Executions that were repeated, by cause:'] : []),
    ...[...counted(repeats.map(({ cause }) => cause?.what ?? 'none'))].map(([what, count]) => `  ${count} × ${what}`),
    ...unexplained.map(
      ({ run, row, why }) =>
        `REPEATED without a cause: ${row.name} #${row.attempt} (${row.id}) of run ${run.view.id} on ${row.worker}: ${why}`,
    ),
    ...lost.map((what) => `LOST: ${what}`),
    ...(folder === null ? [] : [`Everything is kept in ${folder}.`]),
    `${tasksRun} tasks run, ${lost.length} lost, ${repeats.length} repeated (${unexplained.length} without a cause), ${recoveries.length} recoveries`,
  ];
}

function recoveryLines({ recoveries }: Verdict): readonly string[] {
  const byName = Map.groupBy(recoveries, ({ name }) => name);
  if (byName.size === 0) return [];
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`.padStart(9);
  const lines = [...byName].toSorted().map(([name, found]) => {
    const times = found.map(({ ms }) => ms);
    const figures = [percentile(times, 50), percentile(times, 99), Math.max(...times)].map(seconds);
    return `  ${name.padEnd(40)}${String(times.length).padStart(5)}${figures.join('')}`;
  });
  return [
    '',
    `  ${'recovery: from the fault to'.padEnd(40)}${'times'.padStart(5)}${['p50', 'p99', 'max'].map((text) => text.padStart(9)).join('')}`,
    ...lines,
  ];
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function countsOf(names: readonly string[]): string {
  const counts = [...counted(names)].map(([name, count]) => `${count} × ${name}`);
  return counts.length === 0 ? 'nothing went wrong' : counts.join(', ');
}
