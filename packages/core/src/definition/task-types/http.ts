/** Settings of `http` tasks, and which answers count as success. */
import * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import { PARAM_NAME } from '../../params/placeholder.ts';
import type { OutputDefinition } from '../definition.ts';
import { MAX_SCRIPT_LENGTH, type TaskType } from './task-type.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const STATUS_RANGE = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/;
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const status = z
  .string()
  .refine(
    (text) => STATUS_RANGE.test(text) && rangeOf(text)[0] <= rangeOf(text)[1],
    'Must be a status such as 204 or a range such as 200-299.',
  );

const ADDRESS = /^(https?:\/\/|\$\{)/i;
const NO_ADDRESS = 'Must begin with http://, https:// or a parameter such as ${base}.';
/** After the base address of a data source: the host cannot become another by what a placeholder is filled with. */
const BELOW_BASE = /^[/?]/;

const schema = z.strictObject({
  method: z.enum(METHODS).default('GET'),
  url: z
    .string()
    .refine((text) => ADDRESS.test(text) || BELOW_BASE.test(text), NO_ADDRESS)
    .meta({ description: 'Parameters as ${name}. With a data source, the path below its address, such as /orders.' }),
  dataSource: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Name of a data source, whose address comes before the path and whose headers are sent.' }),
  headers: z
    .record(
      z.string().regex(HEADER_NAME, 'is not a header name.'),
      z.string().regex(/^[^\r\n\0]*$/, 'Must be one line.'),
    )
    .default({}),
  body: z.string().max(MAX_SCRIPT_LENGTH).optional().meta({ description: 'Sent as it is, parameters resolved.' }),
  expectStatus: z
    .array(
      z.union([z.int().min(100).max(599), status], {
        error: 'Must be a status such as 204 or a range such as "200-299".',
      }),
    )
    .min(1)
    .default(['200-299'])
    .meta({ description: 'Statuses that count as success.' }),
  extract: z
    .record(
      z.string().regex(PARAM_NAME, 'is not the name of an output: use letters, digits, "_", "." and "-".'),
      z.string().min(1),
    )
    .default({})
    .meta({ description: 'Outputs from a JSON answer: name of the output to a dotted path such as items.0.id.' }),
});

export type HttpConfig = z.output<typeof schema>;

/** True when a status is among those a task takes as success. */
export function isExpectedStatus(received: number, expected: HttpConfig['expectStatus']): boolean {
  return expected.some((entry) => {
    const [from, to] = typeof entry === 'number' ? [entry, entry] : rangeOf(entry);
    return received >= from && received <= to;
  });
}

function rangeOf(text: string): [number, number] {
  const [, from, to = from] = STATUS_RANGE.exec(text) ?? [];
  return [Number(from), Number(to)];
}

/** What is extracted must be declared, or it would be dropped when the task has ended. */
function check(config: Readonly<Record<string, unknown>>, outputs: readonly OutputDefinition[]): Problem[] {
  const declared = new Set(outputs.map(({ name }) => name));
  const problems: Problem[] = [];
  const url = String(config.url);
  if (config.dataSource === undefined && !ADDRESS.test(url)) problems.push({ path: 'url', message: NO_ADDRESS });
  if (config.dataSource !== undefined && !BELOW_BASE.test(url)) {
    const message = 'Must be a path below the address of the data source: begin with “/” or “?”.';
    problems.push({ path: 'url', message });
  }
  for (const name of Object.keys(config.extract ?? {})) {
    if (declared.has(name)) continue;
    problems.push({
      path: `extract.${name}`,
      message: `"${name}" is not among the outputs of this task. Declare it under outputs.`,
    });
  }
  if (typeof config.body === 'string' && (config.method === 'GET' || config.method === 'HEAD')) {
    problems.push({
      path: 'body',
      message: `A ${config.method} request has no body. Choose another method or remove the body.`,
    });
  }
  return problems;
}

export const httpType: TaskType = { description: 'Sends an HTTP request.', schema, check };
