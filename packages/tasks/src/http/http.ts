/**
 * Sends one HTTP request. Placeholders in the address, the headers and the body are resolved; the answer's status
 * decides, the first part of its body goes to the log, and values of a JSON answer become outputs.
 */
import { literalLookup, resolveText } from '@vaquita/core';
import * as z from 'zod/mini';
import { readConfig } from '../read-config.ts';
import { failure, type InAgentTaskType, SUCCESS, type TaskContext, type TaskOutcome } from '../task-type.ts';
import { readBody } from './read-body.ts';
import { valueAt } from './value-at.ts';

const schema = z.object({
  method: z._default(z.string(), 'GET'),
  url: z.string(),
  headers: z._default(z.record(z.string(), z.string()), {}),
  body: z.optional(z.string()),
  expectStatus: z._default(z.array(z.union([z.number(), z.string()])), ['200-299']),
  extract: z._default(z.record(z.string(), z.string()), {}),
});
type HttpConfig = z.infer<typeof schema>;

/** Of a body; what is beyond goes neither to the log nor to `extract`. */
const MAX_BODY_BYTES = 1_048_576;
const MAX_LOGGED_CHARS = 65_536;

export const http: InAgentTaskType = {
  name: 'http',
  usesProcess: false,
  async run(context) {
    const config = readConfig(schema, context.config);
    const resolve = (text: string) => resolveSetting(context, text);
    const url = readUrl(resolve(config.url));
    if (url === null) return failure(`"${resolve(config.url)}" is not an http or https address`);
    const headers = Object.entries(config.headers).map(([name, value]): [string, string] => [name, resolve(value)]);
    const body = config.body === undefined ? null : resolve(config.body);
    context.started(null);
    context.write('system', `${config.method} ${url.origin}${url.pathname}\n`);
    try {
      const answer = await context.ports.fetch(url.href, {
        method: config.method,
        headers,
        body,
        signal: context.signal,
      });
      return await readAnswer(context, config, answer);
    } catch (error) {
      if (context.signal.aborted) return failure('the request was broken off');
      return failure(`the request to ${url.origin} failed: ${causeOf(error)}`);
    }
  },
};

async function readAnswer(context: TaskContext, config: HttpConfig, answer: Response): Promise<TaskOutcome> {
  const { text, complete } = await readBody(answer, MAX_BODY_BYTES);
  context.write('system', `answer: ${answer.status} ${answer.statusText}\n`);
  if (text !== '') context.write('stdout', `${text.slice(0, MAX_LOGGED_CHARS)}\n`);
  if (text.length > MAX_LOGGED_CHARS || !complete) context.write('system', 'the rest of the answer is not shown\n');
  if (!isExpected(answer.status, config.expectStatus)) {
    return failure(`the answer was ${answer.status}, expected ${config.expectStatus.join(' or ')}`);
  }
  return extract(context, config, { text, complete });
}

function extract(
  context: TaskContext,
  config: HttpConfig,
  { text, complete }: { readonly text: string; readonly complete: boolean },
): TaskOutcome {
  const wanted = Object.entries(config.extract);
  if (wanted.length === 0) return SUCCESS;
  if (!complete) return failure(`the answer is larger than ${MAX_BODY_BYTES} bytes, so no outputs can be read from it`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failure('the answer is not JSON, so no outputs can be read from it');
  }
  for (const [name, path] of wanted) {
    const value = valueAt(json, path);
    if (value === undefined) return failure(`the answer has nothing at "${path}" for the output "${name}"`);
    context.outputs.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return SUCCESS;
}

function resolveSetting(context: TaskContext, text: string): string {
  const resolved = resolveText(text, literalLookup({ ...context.environment, ...context.params }), context.time);
  for (const { message } of resolved.warnings) context.write('system', `warning: ${message}\n`);
  return resolved.text;
}

function readUrl(text: string): URL | null {
  const url = URL.parse ? URL.parse(text) : URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null;
}

function isExpected(status: number, expected: readonly (number | string)[]): boolean {
  return expected.some((entry) => {
    const [from, to = from] = String(entry).split('-').map(Number);
    return from !== undefined && to !== undefined && status >= from && status <= to;
  });
}

/** fetch says "fetch failed" and keeps what a person wants to know in the cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return cause.errors.map((inner) => causeOf(inner)).join('; ');
  return cause instanceof Error ? cause.message || cause.name : error.message;
}
