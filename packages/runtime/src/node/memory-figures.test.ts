import { expect, it } from 'vitest';
import { groupMemory, memoryUsed } from './memory-figures.ts';

const reader = (files: Readonly<Record<string, string>>) => (path: string) => files[path] ?? null;
const MIB = 1_048_576;

it('in a container: what is used of its limit, without files that are only kept because there is room', () => {
  const read = reader({
    '/proc/self/cgroup': '0::/\n',
    '/sys/fs/cgroup/memory.max': `${512 * MIB}\n`,
    '/sys/fs/cgroup/memory.current': `${500 * MIB}\n`,
    '/sys/fs/cgroup/memory.stat': `anon ${90 * MIB}\nactive_file ${10 * MIB}\ninactive_file ${400 * MIB}\n`,
  });
  expect(groupMemory(read)).toEqual({ most: 512 * MIB, used: 100 * MIB });
});

it('of nested groups the one that is closest to its limit counts', () => {
  const read = reader({
    '/proc/self/cgroup': '0::/system.slice/vaquita.service\n',
    '/sys/fs/cgroup/system.slice/vaquita.service/memory.max': 'max\n',
    '/sys/fs/cgroup/system.slice/vaquita.service/memory.current': `${MIB}\n`,
    '/sys/fs/cgroup/system.slice/memory.max': `${100 * MIB}\n`,
    '/sys/fs/cgroup/system.slice/memory.current': `${80 * MIB}\n`,
    '/sys/fs/cgroup/memory.max': `${1_000 * MIB}\n`,
    '/sys/fs/cgroup/memory.current': `${90 * MIB}\n`,
  });
  expect(groupMemory(read)).toEqual({ most: 100 * MIB, used: 80 * MIB });
});

it('the older layout is read too, where no limit is a very large number', () => {
  const files = (limit: string) => ({
    '/proc/self/cgroup': '9:name=systemd:/\n4:memory:/box\n0::/\n',
    '/sys/fs/cgroup/memory/box/memory.limit_in_bytes': limit,
    '/sys/fs/cgroup/memory/box/memory.usage_in_bytes': `${60 * MIB}\n`,
    '/sys/fs/cgroup/memory/box/memory.stat': `total_inactive_file ${20 * MIB}\n`,
  });
  expect(groupMemory(reader(files(`${80 * MIB}\n`)))).toEqual({ most: 80 * MIB, used: 40 * MIB });
  expect(groupMemory(reader(files('9223372036854771712\n')))).toBeNull();
});

it('where there are no groups there is no limit, and the machine is what counts', () => {
  expect(groupMemory(() => null)).toBeNull();
  expect(memoryUsed()).toBeGreaterThan(0);
  expect(memoryUsed()).toBeLessThanOrEqual(1);
});
