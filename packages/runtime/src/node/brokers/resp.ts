/** The replies of Redis: https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP2). */

export type Reply = string | number | null | RedisError | readonly Reply[];

/** A reply that says no. The code is its first word, such as `WRONGTYPE`. */
export class RedisError extends Error {
  readonly code: string;
  constructor(text: string) {
    super(text);
    this.name = 'RedisError';
    this.code = /^[A-Z]+/.exec(text)?.[0] ?? 'ERR';
  }
}

/** A command as an array of strings, which every byte can be in. */
export function encodeCommand(parts: readonly (string | number)[]): Buffer {
  const pieces = [`*${parts.length}\r\n`];
  for (const part of parts) pieces.push(`$${Buffer.byteLength(String(part))}\r\n${part}\r\n`);
  return Buffer.from(pieces.join(''));
}

export interface ReplyReader {
  /** Every reply that is whole by now. Throws at what is no reply. */
  read(piece: Buffer): Reply[];
}

/** More than this is no answer to what is asked here. */
const MAX_REPLY_BYTES = 256 * 1_048_576;

export function createReplyReader(): ReplyReader {
  let pieces: Buffer[] = [];
  let size = 0;
  /** Below this many bytes the reply at the front is known not to be whole. */
  let needed = 0;

  return {
    read(piece) {
      pieces.push(piece);
      size += piece.length;
      if (size > MAX_REPLY_BYTES) throw new Error('a reply is too long');
      if (size < needed) return [];
      const bytes = Buffer.concat(pieces);
      const replies: Reply[] = [];
      let at = 0;
      for (;;) {
        const found = readReply(bytes, at);
        if (typeof found === 'number') {
          needed = found - at;
          break;
        }
        replies.push(found.reply);
        at = found.end;
      }
      pieces = [bytes.subarray(at)];
      size = bytes.length - at;
      return replies;
    },
  };
}

interface Found {
  readonly reply: Reply;
  readonly end: number;
}

/** A number: where the bytes must reach at least before another look is worth it. */
function readReply(bytes: Buffer, at: number): Found | number {
  const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
  if (lineEnd === -1) return bytes.length + 1;
  const line = bytes.toString('utf8', at + 1, lineEnd);
  const next = lineEnd + 2;
  switch (bytes[at]) {
    case 0x2b: // +
      return { reply: line, end: next };
    case 0x2d: // -
      return { reply: new RedisError(line), end: next };
    case 0x3a: // :
      return { reply: lengthOf(line), end: next };
    case 0x24: // $
      return readText(bytes, next, lengthOf(line));
    case 0x2a: // *
      return readList(bytes, next, lengthOf(line));
    default:
      throw new Error('what answers there is no Redis server');
  }
}

function readText(bytes: Buffer, from: number, length: number): Found | number {
  if (length === -1) return { reply: null, end: from };
  const end = from + length + 2;
  return bytes.length < end ? end : { reply: bytes.toString('utf8', from, end - 2), end };
}

function readList(bytes: Buffer, from: number, length: number): Found | number {
  if (length === -1) return { reply: null, end: from };
  const list: Reply[] = [];
  let at = from;
  for (let index = 0; index < length; index += 1) {
    const found = readReply(bytes, at);
    if (typeof found === 'number') return found;
    list.push(found.reply);
    at = found.end;
  }
  return { reply: list, end: at };
}

function lengthOf(line: string): number {
  if (!/^-?\d+$/.test(line)) throw new Error('what answers there is no Redis server');
  return Number(line);
}
