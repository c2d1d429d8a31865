/** Why nothing came back from another machine, as data: whoever asked decides by it. */
import type { OutboundFailure } from '@vaquita/plugins';

export function fail(failure: OutboundFailure['failure'], message: string): OutboundFailure {
  return { ok: false, failure, message };
}

/** The system's words for a broken connection. `error.message` may hold what the peer has sent, so its code comes first. */
export function networkFailure(host: string, error: unknown): OutboundFailure {
  const { code } = error as { code?: unknown };
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN' || code === 'ERR_UNESCAPED_CHARACTERS') {
    return fail('bad_request', `the request to ${host} has a header or path with characters that are not allowed`);
  }
  return fail('network', `${host} could not be reached: ${wordsOf(error)}`);
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'the connection was not answered',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an authority that is not trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** The operator's proxy would not open the way. */
export class ProxyRefusal extends Error {
  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.name = 'ProxyRefusal';
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map((inner) => wordsOf(inner)))].join('; ');
  }
  if (error instanceof ProxyRefusal) return error.message;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return WORDS[code] ?? code;
  return 'the connection failed';
}
