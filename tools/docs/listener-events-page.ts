/** The reference page of listener events, from their schemas. */
import { listenerEventTypes } from '@vaquita/core';

export const LISTENER_EVENTS_PAGE = 'docs/reference/listener-events.md';

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
}

export function listenerEventsPage(): string {
  const parts = listenerEventTypes().flatMap(({ type, version, when, schema }) => [
    `## ${type}`,
    '',
    `${when} Version ${version}.`,
    '',
    '| field of `data` | | |',
    '| --- | --- | --- |',
    ...fieldsOf(schema as Schema, ''),
    '',
  ]);
  return [...HEAD, ...parts].join('\n');
}

const HEAD = [
  '# Listener events',
  '',
  'Written by `npm run docs:listeners` from the code. What every event has: `id` (the same at every try), `seq` (its place; grows, with gaps), `type`,',
  '`version` (of the shape of `data`; a field that is added does not change it), `time` (epoch milliseconds), `project` (`id` and `name`, or null),',
  '`subject` (such as `workflow/orders/run/12/task/load`) and `data`, as below. The API serves the JSON Schemas at `/api/v1/listener-events/types`.',
  '',
];

function fieldsOf({ properties = {} }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const variants = schema.anyOf ?? [schema];
    const isNullable = variants.some(({ type }) => [type].flat().includes('null'));
    const one = variants.find(({ type }) => type !== 'null') ?? schema;
    const path = prefix + name;
    const kind =
      one.enum?.map((word) => `\`${word}\``).join(' ') ?? [one.type ?? []].flat().find((type) => type !== 'null') ?? '';
    const description = schema.description ?? one.description ?? '';
    return [`| \`${path}\` | ${kind}${isNullable ? ' or null' : ''} | ${description} |`, ...fieldsOf(one, `${path}.`)];
  });
}
