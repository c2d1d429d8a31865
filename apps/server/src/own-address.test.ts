import { expect, test } from 'vitest';
import { ownAddress } from './own-address.ts';

const SHARED = 'http://db:8080';
const settings = (change: object) => ({
  advertiseUrl: null,
  basePath: '',
  databaseUrl: SHARED,
  host: '127.0.0.1',
  ...change,
});

test('what the operator says is taken as it is', () => {
  const given = settings({ advertiseUrl: 'https://a.example', host: '0.0.0.0' });
  expect(ownAddress(given, 'http://localhost:8080')).toEqual({ url: 'https://a.example', warning: null });
  const below = { ...given, basePath: '/vaquita' };
  expect(ownAddress(below, 'http://localhost:8080/vaquita').url).toBe('https://a.example/vaquita');
});

test('the address on which it listens is its own', () => {
  expect(ownAddress(settings({ host: '10.0.0.5' }), 'http://10.0.0.5:8080')).toEqual({
    url: 'http://10.0.0.5:8080',
    warning: null,
  });
});

test.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])(
  '%s is told with a warning that it is good on this machine only',
  (url) => {
    expect(ownAddress(settings({}), url)).toEqual({ url, warning: expect.stringContaining('--advertise-url') });
  },
);

test.each(['0.0.0.0', '::'])('%s is no address that can be told', (host) => {
  expect(ownAddress(settings({ host }), 'http://localhost:8080')).toEqual({
    url: null,
    warning: expect.stringContaining('VAQUITA_ADVERTISE_URL'),
  });
});

test('a server with a database of its own is not warned', () => {
  const alone = { databaseUrl: 'file:/srv/vaquita.db' };
  expect(ownAddress(settings(alone), 'http://127.0.0.1:8080').warning).toBeNull();
  expect(ownAddress(settings({ ...alone, host: '0.0.0.0' }), 'http://localhost:8080').warning).toBeNull();
});
