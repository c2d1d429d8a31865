/** Reads and checks the query and the body of a request against the endpoint's schemas. */
import { AppError } from '@vaquita/core';
import * as z from 'zod';
import { decodeText, isJson, isYaml, mediaType, parseJson } from './body.ts';
import type { Endpoint } from './endpoint.ts';
import { schemaProblems } from './schema-problems.ts';

/** @throws AppError `bad_request` naming each wrong parameter. Unknown ones are refused: a filter is never ignored. */
export type QueryReader = (url: URL) => unknown;

/** Made once per endpoint: a schema costs far more to make than to use. */
export function createQueryReader(schema: z.ZodObject | undefined): QueryReader {
  const shape = schema?.shape ?? {};
  const strict = z.strictObject(shape);
  const lists = new Set(Object.keys(shape).filter((name) => isList(shape[name])));

  return (url) => {
    const given: Record<string, unknown> = {};
    for (const name of new Set(url.searchParams.keys())) {
      const values = url.searchParams.getAll(name);
      given[name] = lists.has(name)
        ? values.flatMap((value) => value.split(',')).filter((value) => value !== '')
        : values.at(-1);
    }
    const result = strict.safeParse(given, { reportInput: true });
    if (result.success) return result.data;
    throw new AppError('bad_request', 'The query parameters are not valid.', {
      problems: schemaProblems(result.error),
    });
  };
}

function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional) return isList(schema.unwrap());
  return schema instanceof z.ZodArray;
}

/** @throws AppError `unsupported_media_type`, `bad_request` naming each wrong field. */
export function readInput(request: Request, bytes: Uint8Array, endpoint: Endpoint): unknown {
  const schema = endpoint.body;
  if (schema === undefined) return undefined;
  const type = mediaType(request);

  if (schema === 'definition') {
    if (bytes.length === 0) throw new AppError('bad_request', 'The body is empty; send a workflow definition.');
    if (isJson(type)) return { text: decodeText(bytes), format: 'json' };
    if (isYaml(type)) return { text: decodeText(bytes), format: 'yaml' };
    throw wrongType(type, 'application/json or application/yaml');
  }

  // An empty body stands for an empty object, so that a start with all defaults needs none.
  if (bytes.length > 0 && !isJson(type)) throw wrongType(type, 'application/json');
  const value = bytes.length === 0 ? {} : parseJson(bytes);
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new AppError('bad_request', 'The body is not valid.', {
    problems: schemaProblems(result.error),
  });
}

function wrongType(type: string, wanted: string): AppError {
  const given = type === '' ? 'The request names no content type' : `The content type ${type} is not accepted here`;
  return new AppError('unsupported_media_type', `${given}; send ${wanted}.`);
}
