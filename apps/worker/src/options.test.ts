import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXITS } from './exits.ts';
import { HELP } from './help.ts';
import { parseCommandLine } from './options.ts';
import { AGENT_VERSION } from './version.ts';

const GOOD = ['--server', 'http://localhost:8080', '--token', 't'];

function problems(args: readonly string[], env: Record<string, string> = {}): readonly string[] {
  const line = parseCommandLine(args, env);
  return line.type === 'wrong' ? line.problems : [];
}

test('two options are enough', () => {
  expect(parseCommandLine(GOOD, {})).toMatchObject({
    type: 'run',
    graceMs: 30_000,
    options: {
      urls: ['ws://localhost:8080/api/v1/worker/socket'],
      token: 't',
      groups: ['default'],
      heartbeatIntervalMs: 10_000,
      sessionTimeoutMs: 30_000,
    },
  });
});

test('everything can come from the environment, and the command line wins', () => {
  const env = {
    VAQUITA_WORKER_SERVER: 'wss://a.example,wss://b.example/base/',
    VAQUITA_WORKER_TOKEN: 'env',
    VAQUITA_WORKER_SLOTS: '3',
  };
  expect(
    parseCommandLine(['--slots', '5', '--group', 'a,b', '--label', 'zone=north', '--heartbeat', '2s'], env),
  ).toMatchObject({
    options: {
      urls: ['wss://a.example/api/v1/worker/socket', 'wss://b.example/base/api/v1/worker/socket'],
      token: 'env',
      slots: 5,
      groups: ['a', 'b'],
      labels: { zone: 'north' },
      heartbeatIntervalMs: 2_000,
      sessionTimeoutMs: 6_000,
    },
  });
});

test('everything that is wrong is told at once, with what to write', () => {
  const told = problems([
    '--server',
    'localhost',
    '--slots',
    '0',
    '--heartbeat',
    'soon',
    '--label',
    'zone',
    '--group',
    '../x',
    '--name',
    'a b',
  ]);
  for (const part of [
    '--server "localhost"',
    'from 1 to 1000',
    '10s',
    '--label zone=north',
    '--group "../x"',
    '--name "a b"',
    'VAQUITA_WORKER_TOKEN',
  ]) {
    expect(told.join('\n')).toContain(part);
  }
  expect(told).toHaveLength(7);
});

test.each([
  ['a b=c', '--label "a b" cannot be the name of a label'],
  [`zone=${'x'.repeat(201)}`, '--label "zone": The value of a label has at most 200 characters.'],
])('the label %s is refused, as no task could ask for it', (label, told) => {
  expect(problems(['--server', 'http://localhost:8080', '--token', 't', '--label', label])).toEqual([
    expect.stringContaining(told),
  ]);
});

test('a mistyped option is answered with the one that was meant', () => {
  expect(problems(['--sever', 'x'])).toEqual(['There is no option --sever. Did you mean "--server"?']);
});

test('the help names every option', () => {
  for (const flag of [
    'server',
    'token',
    'name',
    'group',
    'slots',
    'label',
    'weight',
    'work-dir',
    'heartbeat',
    'grace',
    'max-cpu',
    'max-memory',
    'min-disk',
    'log-level',
  ]) {
    expect(HELP).toContain(`--${flag} <`);
  }
});

test('the help and the guide say how it may end', () => {
  const guide = readFileSync(new URL('../../../docs/guide/workers.md', import.meta.url), 'utf8');
  for (const { code, again, meaning } of Object.values(EXITS)) {
    expect(HELP).toContain(`  ${String(code).padEnd(3)} ${meaning}\n`);
    expect(guide).toContain(`| ${code} | ${meaning} | ${again ? 'yes' : 'no'} |\n`);
  }
  const final = Object.values(EXITS).filter(({ code, again }) => !again && code !== 0);
  expect(guide).toContain(`RestartPreventExitStatus=${final.map(({ code }) => code).join(' ')}\n`);
});

test('limits are shares and sizes, and each can be none', () => {
  const limits = (...args: readonly string[]) => {
    const line = parseCommandLine([...GOOD, ...args], {});
    return line.type === 'run' ? line.options.limits : line;
  };
  expect(limits()).toEqual({ cpu: null, memory: 0.95, diskFreeBytes: 268_435_456 });
  expect(limits('--max-cpu', '90%', '--max-memory', '0.5', '--min-disk', '1.5 gb')).toEqual({
    cpu: 0.9,
    memory: 0.5,
    diskFreeBytes: 1_610_612_736,
  });
  expect(limits('--max-memory', 'none', '--min-disk', 'none')).toEqual({
    cpu: null,
    memory: null,
    diskFreeBytes: null,
  });
  expect(problems([...GOOD, '--max-cpu', '190', '--max-memory', 'much', '--min-disk', '5'])).toEqual([
    expect.stringMatching(/^--max-cpu .*90%.*"190"/),
    expect.stringMatching(/^--max-memory .*none.*"much"/),
    expect.stringMatching(/^--min-disk .*500MB.*"5"/),
  ]);
});

test('a session timeout that no server accepts is not offered', () => {
  expect(problems([...GOOD, '--heartbeat', '11m'])).toEqual(['--heartbeat must be at most 10m.']);
});

test('the version is that of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(AGENT_VERSION).toBe(manifest.version);
});

test('hosts that are trusted beyond those of the list', () => {
  expect(parseCommandLine([...GOOD, '--trust-host', 'b.internal,*.vaquita.internal'], {})).toMatchObject({
    options: { trustedHosts: ['b.internal', '*.vaquita.internal'] },
  });
  expect(problems([...GOOD, '--trust-host', 'https://b.internal'])).toEqual([
    expect.stringMatching(/--trust-host "https:\/\/b.internal" must be the name of a host/),
  ]);
});
