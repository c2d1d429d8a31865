import { describe, expect, it } from 'vitest';
import { createSealer } from '../sealing/sealer.ts';
import { createSeededRandom } from '../testing/seeded-random.ts';
import {
  checkEnvironmentVariables,
  checkSecretValue,
  MAX_ENVIRONMENT_VARIABLES,
  MAX_SECRET_BYTES,
} from './check-environment.ts';
import { openEnvironment } from './open-environment.ts';
import type { EnvironmentRow, EnvironmentVariable, SecretId } from './rows.ts';

const plain = (name: string, value = 'x'): EnvironmentVariable => ({ name, value, secret: null });

describe('variables of an environment', () => {
  it.each([
    [[plain('A'), plain('_b1', ''), { name: 'C', value: null, secret: 'token' }], []],
    [[plain('')], ['variables[0].name']],
    [[plain('A'), plain('1A'), plain('A B'), plain('A=B')], [1, 2, 3].map((at) => `variables[${at}].name`)],
    [[plain('A'), plain('A')], ['variables[1].name']],
    [
      [plain('VAQUITA_DISPATCH_ID'), plain('vaquita_x')],
      ['variables[0].name', 'variables[1].name'],
    ],
    [[{ name: 'A', value: null, secret: null }], ['variables[0].value']],
    [[{ name: 'A', value: 'x', secret: 's' }], ['variables[0].value']],
    [[plain('A', 'a\0b')], ['variables[0].value']],
    [[plain('A', 'x'.repeat(140_000))], ['variables[0].value']],
    [[plain('A', 'x'.repeat(70_000)), plain('B', 'x'.repeat(70_000))], ['variables']],
    [Array.from({ length: MAX_ENVIRONMENT_VARIABLES + 1 }, (_, at) => plain(`A${at}`)), ['variables']],
  ])('%#', (variables, paths) => {
    expect(checkEnvironmentVariables(variables).map(({ path }) => path)).toEqual(paths);
  });
});

it('the value of a secret is bounded, and no complaint repeats it', () => {
  for (const value of ['x', 'ä\nb', 'x'.repeat(MAX_SECRET_BYTES)]) expect(checkSecretValue(value)).toBeUndefined();
  for (const value of ['', 'sesame\0', `sesame${'ä'.repeat(MAX_SECRET_BYTES / 2)}`]) {
    const wrong = checkSecretValue(value);
    expect(wrong).toBeDefined();
    expect(wrong).not.toContain('sesame');
  }
});

describe('the environment of a task', () => {
  const sealer = createSealer(new Uint8Array(32).fill(1), createSeededRandom(1));
  const id = 's1' as SecretId;

  async function found(variables: readonly EnvironmentVariable[]) {
    const secrets = new Map([['token', { id, sealed: await sealer.seal(id, 'open sesame') }]]);
    return { environment: { name: 'prod', variables } as EnvironmentRow, secrets };
  }

  it('is its variables, secrets apart', async () => {
    const environment = await found([plain('A', '1'), { name: 'TOKEN', value: null, secret: 'token' }]);
    expect(await openEnvironment('prod', environment, sealer)).toEqual({
      values: { A: '1' },
      secrets: { TOKEN: 'open sesame' },
    });
  });

  it('O1: is refused by name when it is not there, or a secret of it is not', async () => {
    expect(await openEnvironment('prod', undefined, sealer)).toEqual({
      problem: expect.stringContaining('There is no environment "prod"'),
    });
    const environment = await found([{ name: 'TOKEN', value: null, secret: 'gone' }]);
    expect(await openEnvironment('prod', environment, sealer)).toEqual({
      problem: 'The environment "prod" names the secret "gone" for TOKEN, and there is none.',
    });
  });

  it('O1, O2: is refused with what to do when the server has another key', async () => {
    const other = createSealer(new Uint8Array(32).fill(2), createSeededRandom(1));
    const environment = await found([{ name: 'TOKEN', value: null, secret: 'token' }]);
    const opened = await openEnvironment('prod', environment, other);
    expect(opened).toEqual({ problem: expect.stringMatching(/secret "token".*VAQUITA_SECRET_KEY/) });
    expect(JSON.stringify(opened)).not.toContain('sesame');
  });
});
