/** What a NATS server says: https://docs.nats.io/reference/reference-protocols/nats-protocol */

export type NatsSaid =
  | { readonly kind: 'info'; readonly info: NatsInfo }
  | { readonly kind: 'message'; readonly subject: string; readonly status: number | null; readonly payload: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'error'; readonly text: string };

export interface NatsInfo {
  readonly headers?: boolean;
  readonly max_payload?: number;
  readonly nonce?: string;
  readonly auth_required?: boolean;
  readonly tls_required?: boolean;
  readonly tls_available?: boolean;
}

export interface NatsParser {
  /** All that is whole by now. Throws at what no NATS server says. */
  read(piece: Buffer): NatsSaid[];
}

const MAX_WAITING_BYTES = 1_048_576;

export function createNatsParser(): NatsParser {
  let rest = Buffer.alloc(0);
  return {
    read(piece) {
      const bytes = Buffer.concat([rest, piece]);
      const said: NatsSaid[] = [];
      let at = 0;
      for (;;) {
        const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
        if (lineEnd === -1) break;
        const line = bytes.toString('utf8', at, lineEnd);
        const found = readLine(line, bytes, lineEnd + 2);
        if (found === null) break;
        if (found.said !== null) said.push(found.said);
        at = found.end;
      }
      rest = bytes.subarray(at);
      if (rest.length > MAX_WAITING_BYTES) throw new Error('what answers there is no NATS server');
      return said;
    },
  };
}

interface Found {
  readonly said: NatsSaid | null;
  readonly end: number;
}

/** Null: its payload is not there yet. */
function readLine(line: string, bytes: Buffer, end: number): Found | null {
  const [verb = '', ...words] = line.split(/[ \t]+/);
  switch (verb.toUpperCase()) {
    case 'INFO':
      return { said: { kind: 'info', info: JSON.parse(line.slice(5)) as NatsInfo }, end };
    case 'PING':
      return { said: { kind: 'ping' }, end };
    case 'PONG':
      return { said: { kind: 'pong' }, end };
    case '+OK':
      return { said: null, end };
    case '-ERR':
      return { said: { kind: 'error', text: line.slice(5).trim().replace(/^'|'$/g, '') }, end };
    case 'MSG':
      return readMessage({ subject: words[0] ?? '', headerBytes: 0, totalBytes: sizeOf(words.at(-1)) }, bytes, end);
    case 'HMSG':
      return readMessage(
        { subject: words[0] ?? '', headerBytes: sizeOf(words.at(-2)), totalBytes: sizeOf(words.at(-1)) },
        bytes,
        end,
      );
    default:
      throw new Error('what answers there is no NATS server');
  }
}

interface Sizes {
  readonly subject: string;
  readonly headerBytes: number;
  readonly totalBytes: number;
}

function readMessage({ subject, headerBytes, totalBytes }: Sizes, bytes: Buffer, from: number): Found | null {
  const end = from + totalBytes + 2;
  if (bytes.length < end) return null;
  const head = bytes.toString('utf8', from, from + headerBytes);
  const status = /^NATS\/1\.0 (\d{3})/.exec(head);
  const payload = bytes.toString('utf8', from + headerBytes, end - 2);
  return { said: { kind: 'message', subject, status: status ? Number(status[1]) : null, payload }, end };
}

function sizeOf(word: string | undefined): number {
  if (word === undefined || !/^\d+$/.test(word)) throw new Error('what answers there is no NATS server');
  return Number(word);
}
