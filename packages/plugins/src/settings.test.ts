import type { AppError } from '@vaquita/core';
import { expect, test } from 'vitest';
import { changeChannelSettings, channelTypes, readChannelSettings, showChannelSettings } from './settings.ts';

const webhook = { url: 'https://a.test/', headers: { Authorization: 'Bearer token' }, secret: 'signing-secret' };

test('every channel has a form of plain fields that a program can read', () => {
  expect(channelTypes()).toHaveLength(14);
  for (const { name, title, schema } of channelTypes()) {
    expect(name).toMatch(/^[a-z]+$/);
    expect(title).toMatch(/./);
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  }
});

test('defaults are applied, and what is wrong is told with its place', () => {
  expect(readChannelSettings('webhook', { url: 'https://a.test/' })).toEqual({
    url: 'https://a.test/',
    method: 'POST',
    headers: {},
    contentType: 'application/json',
  });
  expect(() => readChannelSettings('webhook', { url: 'a', methd: 'GET' })).toThrow(
    expect.objectContaining({
      code: 'bad_request',
      problems: expect.arrayContaining([
        expect.objectContaining({ path: 'settings.url' }),
        expect.objectContaining({ path: 'settings.methd', message: expect.stringContaining('method') }),
      ]),
    }),
  );
  expect(() => readChannelSettings('pigeon', {})).toThrow(expect.objectContaining({ code: 'not_found' }));
});

test('what is shown has no secrets, and says which are set', () => {
  const shown = showChannelSettings('webhook', readChannelSettings('webhook', webhook));
  expect(shown).toEqual({
    settings: { url: 'https://a.test/', method: 'POST', contentType: 'application/json' },
    hasSecret: ['headers', 'secret'],
  });
  expect(showChannelSettings('slack', { url: 'https://hooks.slack.test/token' })).toEqual({
    settings: {},
    hasSecret: ['url'],
  });
});

test('a secret that is left out stays, null takes it away', () => {
  const old = readChannelSettings('webhook', webhook);
  expect(changeChannelSettings('webhook', old, { url: 'https://a.test/', method: 'PUT' })).toMatchObject({
    ...webhook,
    method: 'PUT',
  });
  const without = changeChannelSettings('webhook', old, { url: 'https://a.test/', secret: null });
  expect(without).not.toHaveProperty('secret');
  expect(without).toMatchObject({ headers: webhook.headers });
});

test('a secret is not sent to another place than the one it was given for', () => {
  const old = readChannelSettings('webhook', webhook);
  const moved = { url: 'https://eve.test/' };
  expect(() => changeChannelSettings('webhook', old, moved)).toThrow(
    expect.objectContaining({
      code: 'bad_request',
      problems: [
        expect.objectContaining({ path: 'settings.headers' }),
        expect.objectContaining({ path: 'settings.secret' }),
      ],
    }),
  );
  const said = { ...moved, headers: webhook.headers, secret: 'another' };
  expect(changeChannelSettings('webhook', old, said)).toMatchObject(said);
  expect(changeChannelSettings('webhook', old, { ...moved, headers: null, secret: null })).toMatchObject(moved);
  const mail = readChannelSettings('email', {
    host: 'smtp.a.test',
    user: 'u',
    password: 'p',
    from: 'a@a.test',
    to: ['b@a.test'],
  });
  const { password: _, ...rest } = mail;
  for (const change of [{ host: 'smtp.eve.test' }, { port: 2525 }, { security: 'tls' }]) {
    expect(() => changeChannelSettings('email', mail, { ...rest, ...change })).toThrow(/said again/);
  }
  expect(changeChannelSettings('email', mail, { ...rest, to: ['c@a.test'] })).toMatchObject({ password: 'p' });
});

test('an empty table of headers is no secret that stands in the way of another address', () => {
  const old = readChannelSettings('webhook', { url: 'https://a.test/' });
  expect(showChannelSettings('webhook', old).hasSecret).toEqual([]);
  expect(changeChannelSettings('webhook', old, { url: 'https://b.test/' })).toMatchObject({ url: 'https://b.test/' });
});

test('what was meant as a secret is not repeated when it is wrong', () => {
  const refusals = [
    { given: { url: 'https://a.test/', secret: 87654321 }, path: 'settings.secret' },
    { given: { url: 'https://a.test/', headers: { Authorization: 87654321 } }, path: 'settings.headers.Authorization' },
  ];
  for (const { given, path } of refusals) {
    try {
      readChannelSettings('webhook', given);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ problems: [{ path, message: expect.stringContaining('Must be text') }] });
      expect(JSON.stringify((error as AppError).problems)).not.toContain('87654321');
    }
  }
});
