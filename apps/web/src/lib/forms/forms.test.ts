import { describe, expect, it } from 'vitest';
import { entriesOf, movedFields, readEntries } from './entries.ts';
import { fieldsOf } from './fields.ts';

const SCHEMA = {
  type: 'object',
  required: ['url', 'to'],
  properties: {
    url: { type: 'string', format: 'uri', title: 'Address', examples: ['https://x.example'], 'x-destination': true },
    to: { type: 'array', items: { type: 'string' }, title: 'To' },
    cc: { type: 'array', items: { type: 'string' }, default: [] },
    method: { type: 'string', enum: ['POST', 'PUT'], default: 'POST' },
    level: { enum: [1, 2] },
    port: { type: 'integer', minimum: 1, maximum: 65_535, default: 587 },
    topic: { type: 'integer', exclusiveMinimum: 0 },
    silent: { type: 'boolean', default: true },
    body: { type: 'string', format: 'multiline' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    headers: { type: 'object', additionalProperties: { type: 'string', writeOnly: true }, default: {} },
    secret: { type: ['string', 'null'], writeOnly: true, description: 'Signs it.' },
    rules: { type: 'array', items: { type: 'object' } },
  },
};
const fields = fieldsOf(SCHEMA);
const field = (key: string) => fields.find((one) => one.key === key)!;

describe('fieldsOf', () => {
  it('finds a control for each kind of setting, in the order of the schema', () => {
    expect(fields.map(({ key, kind }) => `${key}:${kind}`)).toEqual([
      'url:text',
      'to:list',
      'cc:list',
      'method:choice',
      'level:choice',
      'port:number',
      'topic:number',
      'silent:switch',
      'body:multiline',
      'labels:map',
      'headers:map',
      'secret:text',
      'rules:json',
    ]);
  });

  it('knows what is needed, secret, and says where secrets go', () => {
    expect(field('url')).toMatchObject({ title: 'Address', required: true, destination: true, secret: false });
    expect(field('url').example).toBe('https://x.example');
    expect(field('secret')).toMatchObject({ title: 'secret', description: 'Signs it.', secret: true, required: false });
    expect(field('headers').secret).toBe(true);
    expect(field('labels').secret).toBe(false);
    expect(field('topic')).toMatchObject({ integer: true, min: 1, max: undefined });
  });

  it('says in another language what it knows of', () => {
    const words = { Address: '地址', 'Signs it.': '用它签名。' };
    const [url, , , ...rest] = fieldsOf(SCHEMA, words);
    expect(url).toMatchObject({ key: 'url', title: '地址' });
    expect(rest.find(({ key }) => key === 'secret')).toMatchObject({ title: 'secret', description: '用它签名。' });
    expect(fieldsOf({ properties: { toString: {} } }, words)[0]).toMatchObject({ title: 'toString' });
  });

  it('takes whatever a plugin calls its schema', () => {
    expect(fieldsOf(undefined)).toEqual([]);
    expect(fieldsOf({ type: 'object' })).toEqual([]);
    expect(fieldsOf({ properties: { odd: true, any: {} } }).map(({ kind }) => kind)).toEqual(['json', 'json']);
  });
});

describe('new settings', () => {
  it('begin with their defaults, and leave out what stays empty', () => {
    const entries = entriesOf(fields, undefined);
    entries.url!.text = 'https://x.example';
    entries.to!.text = ' a@x.example \n\nb@x.example';
    const { settings, wrong } = readEntries(fields, entries, entriesOf(fields, undefined));
    expect(wrong).toEqual({});
    expect(settings).toEqual({
      url: 'https://x.example',
      to: ['a@x.example', 'b@x.example'],
      method: 'POST',
      port: 587,
      silent: true,
    });
  });

  it('say what is wrong at its field', () => {
    const entries = entriesOf(fields, undefined);
    entries.port!.text = '70000';
    entries.topic!.text = '1.5';
    entries.rules!.text = '[{';
    entries.headers!.pairs = [
      { name: 'A', value: '1' },
      { name: ' A', value: '2' },
    ];
    entries.labels!.pairs = [{ name: '', value: 'x' }];
    expect(readEntries(fields, entries, entriesOf(fields, undefined)).wrong).toEqual({
      url: { why: 'needed' },
      to: { why: 'needed' },
      port: { why: 'range', min: 1, max: 65_535 },
      topic: { why: 'integer' },
      rules: { why: 'json' },
      headers: { why: 'twice' },
      labels: { why: 'needed' },
    });
    entries.topic!.text = 'many';
    expect(readEntries(fields, entries, entries).wrong.topic).toEqual({ why: 'number' });
  });

  it('keep the type of what is chosen', () => {
    const entries = entriesOf(fields, undefined);
    entries.level!.text = '2';
    entries.rules!.text = '[{"a":1}]';
    entries.labels!.pairs = [
      { name: 'env', value: 'prod' },
      { name: '', value: '' },
    ];
    const { settings } = readEntries(fields, entries, entries);
    expect(settings).toMatchObject({ level: 2, rules: [{ a: 1 }], labels: { env: 'prod' } });
  });
});

it('what is emptied stays empty only where that is allowed; else its default comes back', () => {
  const text = { type: 'string', default: 'x' };
  const some = fieldsOf({
    properties: {
      prefix: { ...text, pattern: '^[^\\n]*$' },
      source: { ...text, minLength: 1 },
      url: { ...text, format: 'uri' },
      odd: { ...text, pattern: '(' },
      tags: { type: 'array', items: { type: 'string' }, default: ['a'] },
    },
  });
  const entries = entriesOf(some, { prefix: '', source: '', url: '', odd: '', tags: [] });
  expect(readEntries(some, entries, entries)).toEqual({ settings: { prefix: '', tags: [] }, wrong: {} });
});

describe('settings that are changed', () => {
  const shown = { url: 'https://x.example', to: ['a'], method: 'PUT', port: 25, silent: false, labels: { env: 'x' } };
  const before = () => entriesOf(fields, shown, ['headers', 'secret']);

  it('come back as they were, without the secrets that are kept', () => {
    expect(readEntries(fields, before(), before())).toEqual({ settings: shown, wrong: {} });
  });

  it('replace a secret, or take it away', () => {
    const entries = before();
    entries.secret = { ...entries.secret!, intent: 'replace', text: 'new' };
    entries.headers!.intent = 'remove';
    expect(readEntries(fields, entries, before()).settings).toMatchObject({ secret: 'new', headers: null });
    entries.secret.text = '';
    expect(readEntries(fields, entries, before()).wrong).toEqual({ secret: { why: 'needed' } });
  });

  it('have every kept secret said again when they go elsewhere', () => {
    const entries = before();
    entries.url!.text = 'https://elsewhere.example';
    expect(movedFields(fields, entries, before())).toEqual(['Address']);
    entries.secret = { ...entries.secret!, intent: 'replace', text: 'new' };
    expect(readEntries(fields, entries, before()).wrong).toEqual({ headers: { why: 'again', moved: ['Address'] } });
    entries.headers!.intent = 'remove';
    expect(readEntries(fields, entries, before()).wrong).toEqual({});
  });

  it('take an address that is itself a secret for a new place when it is said', () => {
    const chat = fieldsOf({
      properties: {
        url: { type: 'string', writeOnly: true, 'x-destination': true, title: 'Webhook URL' },
        secret: { type: 'string', writeOnly: true },
      },
    });
    const old = entriesOf(chat, {}, ['url', 'secret']);
    expect(movedFields(chat, old, old)).toEqual([]);
    const entries = entriesOf(chat, {}, ['url', 'secret']);
    entries.url = { ...entries.url!, intent: 'replace', text: 'https://hooks.example' };
    expect(movedFields(chat, entries, old)).toEqual(['Webhook URL']);
    expect(readEntries(chat, entries, old).wrong).toEqual({ secret: { why: 'again', moved: ['Webhook URL'] } });
  });
});
