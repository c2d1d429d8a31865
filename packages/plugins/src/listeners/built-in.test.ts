import { expect, test } from 'vitest';
import { builtInListenerSettings, builtInListenerTypes } from '../settings.ts';

test('every built-in listener has a form: flat, titled, with its secrets marked', () => {
  const types = builtInListenerTypes();
  expect(new Set(types.map(({ name }) => name)).size).toBe(types.length);
  for (const { name, title, schema } of types) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).not.toBe('');
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    for (const [key, field] of Object.entries(schema.properties ?? {})) {
      expect(field.title, `${name}.${key}`).toBeTruthy();
      if (/password|secret|token|seed|credentials|key$/i.test(key))
        expect(field.writeOnly, `${name}.${key}`).toBe(true);
    }
  }
});

test('settings of a built-in listener are read, shown without secrets, and moved only with them', () => {
  const webhook = builtInListenerSettings('webhook')!;
  const old = webhook.read({ url: 'https://a.test', secret: 'hidden' });
  const { settings, hasSecret } = webhook.show(old);
  expect(hasSecret).toEqual(['secret']);
  expect(settings).toEqual({ url: 'https://a.test', mode: 'structured', source: '/vaquita', timeoutSeconds: 15 });
  expect(webhook.change(old, { url: 'https://a.test', mode: 'binary' })).toMatchObject({
    secret: 'hidden',
    mode: 'binary',
  });
  expect(() => webhook.change(old, { url: 'https://b.test' })).toThrow('must be said again');
  expect(() => webhook.read({ url: 'nowhere' })).toThrow('The settings of Webhook are not valid');
  expect(builtInListenerSettings('no-such')).toBeNull();
});

test.each(['../x', 'a/b', '.x', 'x.1', ''])('a log file is not called "%s"', (file) => {
  expect(() => builtInListenerSettings('log-file')!.read({ file })).toThrow('not valid');
});
