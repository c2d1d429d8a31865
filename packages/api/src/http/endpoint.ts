/**
 * What one endpoint is: a description from which both the route and its entry in the OpenAPI document are made, so
 * the document cannot promise what the server does not do.
 */
import type { ErrorCode, IdSource } from '@vaquita/core';
import type * as z from 'zod';
import type { Caller } from '../auth/caller.ts';
import type { Need } from '../auth/permit.ts';

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** The text of a workflow definition, JSON or YAML: the definition parser reads both. */
export interface DefinitionText {
  readonly text: string;
  readonly format: 'json' | 'yaml';
}

export interface EndpointRequest<Params extends string, Query, Body, Who> {
  readonly params: Readonly<Record<Params, string>>;
  readonly query: Query;
  readonly body: Body;
  /** Who asks; undefined where that is no person. */
  readonly caller: Who;
  /** Ids for rows that this request makes: the same ones again when the request is repeated under its key. */
  readonly ids: IdSource;
  readonly raw: Request;
  readonly requestId: string;
  /** The address of the peer. */
  readonly address: string;
}

type Access = 'open' | 'worker' | Need;
type Who<A extends Access> = A extends 'open' | 'worker' ? undefined : Caller;

type BodyOf<B> = B extends 'definition' ? DefinitionText : Parsed<B>;

interface Described<A extends Access, Path extends string, Query, Body> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: Path;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `open` needs no proof of who asks, `worker` a worker token, `self` only to know who asks; else a permission. */
  readonly access: A;
  readonly query?: Query;
  /** A JSON body by its schema, or the text of a workflow definition. */
  readonly body?: Body;
  /** The endpoint reads the body itself, in pieces, and holds its bound. */
  readonly streamedBody?: true;
  /** Errors beyond those every endpoint may give. */
  readonly errors?: readonly ErrorCode[];
  /** Set on a POST whose answer holds a secret and so must not be kept for replays. */
  readonly secretAnswer?: boolean;
  /** Set on a POST whose body holds a secret: no trace of it is kept, a hash neither. */
  readonly secretBody?: boolean;
}

interface JsonEndpoint<A extends Access, Path extends string, Query, Body, Answer>
  extends Described<A, Path, Query, Body> {
  readonly status: 200 | 201 | 202 | 204;
  /** Absent with 204. */
  readonly answer?: Answer;
  handle(
    request: EndpointRequest<ParamNames<Path>, Parsed<Query>, BodyOf<Body>, Who<A>>,
  ): Promise<Answer extends z.ZodType ? z.input<Answer> : void>;
}

/** An endpoint that makes its own Response: streams, files, pages. */
interface RawEndpoint<A extends Access, Path extends string, Query, Body> extends Described<A, Path, Query, Body> {
  readonly status: 200 | 201 | 204;
  readonly contentType: string;
  readonly answer?: z.ZodType;
  /** Further statuses under which the same body comes, each with what it means. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  respond(request: EndpointRequest<ParamNames<Path>, Parsed<Query>, BodyOf<Body>, Who<A>>): Promise<Response>;
}

/** An endpoint with its types worn off, as the router keeps it. */
export interface Endpoint extends Described<Access, string, z.ZodObject, z.ZodType | 'definition'> {
  readonly status: number;
  readonly answer?: z.ZodType;
  readonly contentType?: string;
  readonly otherStatuses?: Readonly<Record<number, string>>;
  readonly handle?: (request: never) => Promise<unknown>;
  readonly respond?: (request: never) => Promise<Response>;
}

export type AnyRequest = EndpointRequest<string, unknown, unknown, Caller | undefined>;

/** Keeps the types of one endpoint together while it is written down. */
export function endpoint<
  const A extends Access,
  const Path extends string,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | 'definition' | undefined = undefined,
  Answer extends z.ZodType | undefined = undefined,
>(described: JsonEndpoint<A, Path, Query, Body, Answer>): Endpoint {
  return described as Endpoint;
}

export function rawEndpoint<
  const A extends Access,
  const Path extends string,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | 'definition' | undefined = undefined,
>(described: RawEndpoint<A, Path, Query, Body>): Endpoint {
  return described as Endpoint;
}
