import { AppError } from '@vaquita/core';
import { MASTER_DEFAULTS } from '@vaquita/master';
import { describe, expect, it } from 'vitest';
import { describeSettings, type Environment, readSettings } from './settings.ts';

const read = (env: Environment = {}, file: string | null = null) =>
  readSettings({ env, cwd: '/srv', file: file === null ? null : { path: '/srv/vaquita.config.json', text: file } });

function problemsOf(run: () => unknown): readonly { path: string; message: string }[] {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AppError);
    expect((thrown as AppError).code).toBe('bad_settings');
    return (thrown as AppError).problems;
  }
  throw new Error('the settings were accepted');
}

describe('readSettings', () => {
  it('has a default for everything, and folders that do not depend on where it runs later', () => {
    const { settings } = read();
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: '/srv/data',
      databaseUrl: 'file:/srv/data/vaquita.db',
      adminPassword: null,
      embeddedWorker: true,
      logLevel: 'info',
    });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('lets the environment win over the file, and the file over the default', () => {
    const { settings, sources } = read(
      { VAQUITA_PORT: '9001' },
      '{ "port": 9000, "host": "0.0.0.0", "signInTtl": "2h" }',
    );
    expect(settings).toMatchObject({ port: 9001, host: '0.0.0.0', signInTtlMs: 7_200_000 });
    expect(sources).toMatchObject({ port: 'environment', host: 'file', dataDir: 'default' });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(read({ VAQUITA_PORT: '' }).settings.port).toBe(8080);
  });

  it.each([
    ['/vaquita', '/vaquita'],
    ['/tools/vaquita/', '/tools/vaquita'],
    ['/', ''],
  ])('takes %s for the base path "%s"', (given, taken) => {
    expect(read({ VAQUITA_BASE_PATH: given }).settings.basePath).toBe(taken);
  });

  it.each(['vaquita', '/a//b', '/a b', '/../etc', 'https://x/y', '/api', '/health/x', '/_app', '/a"><script>'])(
    'refuses %s as a base path',
    (given) => {
      expect(problemsOf(() => read({ VAQUITA_BASE_PATH: given }))).toMatchObject([{ path: 'VAQUITA_BASE_PATH' }]);
    },
  );

  it('runs no embedded worker in production unless told to', () => {
    expect(read({ NODE_ENV: 'production' }).settings.embeddedWorker).toBe(false);
    expect(read({ NODE_ENV: 'production', VAQUITA_EMBEDDED_WORKER: 'on' }).settings.embeddedWorker).toBe(true);
  });

  it('names everything that is wrong at once, with its place', () => {
    const problems = problemsOf(() =>
      read(
        {
          VAQUITA_PORT: 'tcp://10.0.0.1:80',
          VAQUITA_EMBEDDED_WORKER: 'maybe',
          VAQUITA_SIGN_IN_TTL: '5 minutes',
          VAQUITA_DATABASE_URL: 'postgres://db',
          VAQUITA_ADMIN_PASSWORD: 'short',
        },
        '{ "hots": "x", "logLevel": "loud", "metricsOpen": ["yes"] }',
      ),
    );
    expect(problems.map(({ path }) => path)).toEqual([
      '/srv/vaquita.config.json: hots',
      '/srv/vaquita.config.json: metricsOpen',
      'VAQUITA_PORT',
      'VAQUITA_DATABASE_URL',
      'VAQUITA_ADMIN_PASSWORD',
      'VAQUITA_EMBEDDED_WORKER',
      '/srv/vaquita.config.json: logLevel',
      'VAQUITA_SIGN_IN_TTL',
    ]);
    expect(problems[0]?.message).toContain('"host"');
  });

  it.each(['secret', 'databasePassword'])('refuses %s rather than take what nothing would use', (name) => {
    expect(problemsOf(() => read({}, JSON.stringify({ [name]: 'x'.repeat(40) })))[0]?.message).toContain(
      'There is no such setting.',
    );
  });

  it('has the limits of the engine unless told others, and none for 0 or none', () => {
    const { maxLiveRuns, maxLiveRunsPerProject, maxQueuedTasks, maxQueuedTasksPerProject } = MASTER_DEFAULTS;
    expect(read().settings).toMatchObject({
      maxLiveRuns,
      maxLiveRunsPerProject,
      maxQueuedTasks,
      maxQueuedTasksPerProject,
    });
    const { settings } = read(
      { VAQUITA_MAX_LIVE_RUNS: '50', VAQUITA_MAX_QUEUED_TASKS: 'none', VAQUITA_MAX_QUEUED_TASKS_PER_PROJECT: '7' },
      '{ "maxLiveRunsPerProject": 0, "maxQueuedTasksPerProject": 3 }',
    );
    expect(settings).toMatchObject({
      maxLiveRuns: 50,
      maxLiveRunsPerProject: null,
      maxQueuedTasks: null,
      maxQueuedTasksPerProject: 7,
    });
  });

  it.each(['-1', '1.5', 'many', '0x10'])('refuses %s as a limit', (text) => {
    expect(problemsOf(() => read({ VAQUITA_MAX_LIVE_RUNS: text }))).toEqual([
      {
        path: 'VAQUITA_MAX_LIVE_RUNS',
        message: `"${text}" is not a limit: write a whole number from 1 on, or 0 or none for no limit.`,
      },
    ]);
  });

  it('never repeats a secret in a complaint', () => {
    const problems = problemsOf(() => read({ VAQUITA_ADMIN_PASSWORD: 'hunter2' }));
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it.each([
    ['VAQUITA_DATABASE_URL', 'libsql://user:hunter2@db.example'],
    ['VAQUITA_DATABASE_URL', 'libsql://db.example?authToken=hunter2'],
    ['VAQUITA_ADVERTISE_URL', 'host:8080'],
    ['VAQUITA_ADVERTISE_URL', 'https://host/vaquita'],
  ])('refuses %s=%s', (name, value) => {
    const problems = problemsOf(() => read({ [name]: value }));
    expect(problems.map(({ path }) => path)).toEqual([name]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('takes a secret key of 32 bytes, shows none, and repeats none that is wrong', () => {
    const key = 'a1'.repeat(32);
    const loaded = read({ VAQUITA_SECRET_KEY: key });
    expect(loaded.settings.secretKey).toBe(key);
    expect(JSON.stringify(describeSettings(loaded))).not.toContain(key);
    expect(read().settings.secretKey).toBeNull();
    const problems = problemsOf(() => read({ VAQUITA_SECRET_KEY: 'hunter2' }));
    expect(problems).toEqual([{ path: 'VAQUITA_SECRET_KEY', message: expect.stringContaining('openssl rand') }]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('reads where plugins are fetched from, with a path and without a password', () => {
    expect(read().settings.pluginRegistry).toBeNull();
    const own = { VAQUITA_PLUGIN_REGISTRY: 'https://proxy.corp.example/npm/' };
    expect(read(own).settings.pluginRegistry).toBe('https://proxy.corp.example/npm');
    for (const wrong of ['proxy.corp.example', 'ftp://a.example', 'https://u:p@a.example', 'https://a.example/?x=1']) {
      expect(() => read({ VAQUITA_PLUGIN_REGISTRY: wrong }), wrong).toThrow('VAQUITA_PLUGIN_REGISTRY');
    }
  });

  it('keeps listener events where it is told, and says no password when that is no Redis', () => {
    expect(read().settings.listenerEventsUrl).toBeNull();
    const url = 'rediss://u:a-password@redis.corp.example/2?prefix=prod';
    expect(read({ VAQUITA_LISTENER_EVENTS_URL: url }).settings.listenerEventsUrl).toBe(url);
    const wrong = () => read({ VAQUITA_LISTENER_EVENTS_URL: 'http://u:a-password@x' });
    expect(wrong).toThrow('VAQUITA_LISTENER_EVENTS_URL');
    expect(JSON.stringify(problemsOf(wrong))).not.toContain('a-password');
  });

  it('reads how alerts are sent, and where to', () => {
    expect(read().settings).toMatchObject({
      ...{ outboundAllow: null, outboundProxy: false, outboundCertificates: null },
      ...{ alertAttempts: 15, alertFoldWindowMs: 300_000, keepAlertsMs: 90 * 86_400_000 },
    });
    const { settings } = read(
      { VAQUITA_OUTBOUND_ALLOW: '10.2.0.0/16, mail.corp.example *.lab.example', VAQUITA_ALERT_FOLD_WINDOW: '0s' },
      '{ "outboundProxy": true, "alertAttempts": 3, "keepAlerts": "none", "alertFoldWindow": "1m" }',
    );
    expect(settings).toMatchObject({
      ...{ outboundAllow: '10.2.0.0/16,mail.corp.example,*.lab.example', outboundProxy: true },
      ...{ alertAttempts: 3, keepAlertsMs: null, alertFoldWindowMs: 0 },
    });
    const wrong = { VAQUITA_ALERT_ATTEMPTS: '0', VAQUITA_ALERT_FOLD_WINDOW: '2d', VAQUITA_OUTBOUND_ALLOW: ' , ' };
    expect(problemsOf(() => read(wrong)).map(({ path }) => path)).toEqual([
      'VAQUITA_ALERT_FOLD_WINDOW',
      'VAQUITA_ALERT_ATTEMPTS',
      'VAQUITA_OUTBOUND_ALLOW',
    ]);
  });

  it('keeps logs and files where the servers share a database, unless told otherwise', () => {
    const kept = (env: Record<string, string>) => read(env).settings.contentDatabaseUrl;
    const shared = { VAQUITA_DATABASE_URL: 'http://db:8081' };
    expect(kept({})).toBeNull();
    expect(kept(shared)).toBe('http://db:8081');
    expect(kept({ ...shared, VAQUITA_CONTENT_DATABASE_URL: 'folder' })).toBeNull();
    expect(kept({ VAQUITA_CONTENT_DATABASE_URL: 'libsql://logs.example' })).toBe('libsql://logs.example');
    const [problem] = problemsOf(() => kept({ VAQUITA_CONTENT_DATABASE_URL: 'http://x?authToken=hunter2' }));
    expect(problem?.message).toContain('VAQUITA_CONTENT_DATABASE_TOKEN');
  });

  it('takes the address under which others reach the server, without the slash at its end', () => {
    expect(read({ VAQUITA_ADVERTISE_URL: 'https://Vaquita.example.org/' }).settings.advertiseUrl).toBe(
      'https://vaquita.example.org',
    );
  });

  it.each(['{', '[]', 'null'])('refuses a file that holds %s', (text) => {
    expect(problemsOf(() => read({}, text))[0]?.path).toBe('/srv/vaquita.config.json');
  });
});

describe('describeSettings', () => {
  it('shows where each value comes from and no secret', () => {
    const described = describeSettings(
      read({
        VAQUITA_ADMIN_PASSWORD: 'a-very-secret-word',
        VAQUITA_DATABASE_URL: 'libsql://db.example',
        VAQUITA_DATABASE_TOKEN: 'eyJ-a-token',
        VAQUITA_SIGN_IN_TTL: '90m',
        VAQUITA_MAX_LIVE_RUNS: '0',
      }),
    );
    const byName = Object.fromEntries(described.map(({ env, value, source }) => [env, `${value} ${source}`]));
    expect(byName).toMatchObject({
      VAQUITA_ADMIN_PASSWORD: '(set) environment',
      VAQUITA_ADMIN_TOKEN: '(not set) default',
      VAQUITA_DATABASE_URL: 'libsql://db.example environment',
      VAQUITA_DATABASE_TOKEN: '(set) environment',
      VAQUITA_SIGN_IN_TTL: '1h30m environment',
      VAQUITA_MAX_LIVE_RUNS: 'none environment',
      VAQUITA_MAX_QUEUED_TASKS: '100000 default',
    });
    expect(JSON.stringify(described)).not.toMatch(/secret-word|eyJ/);
  });
});
