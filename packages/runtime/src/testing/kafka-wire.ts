/** The primitive types of Kafka's protocol (https://kafka.apache.org/protocol#protocol_types) and its record batches. */

const concat = (...parts: readonly Buffer[]) => Buffer.concat(parts);

function sized(bytes: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(bytes);
  write(buffer);
  return buffer;
}

const int16 = (value: number) => sized(2, (buffer) => buffer.writeInt16BE(value));
const int32 = (value: number) => sized(4, (buffer) => buffer.writeInt32BE(value));
const int64 = (value: number) => sized(8, (buffer) => buffer.writeBigInt64BE(BigInt(value)));

export const kafka = {
  concat,
  int16,
  int32,
  int64,
  bool: (value: boolean) => Buffer.from([value ? 1 : 0]),
  string: (text: string) => concat(int16(Buffer.byteLength(text)), Buffer.from(text)),
  nullString: () => int16(-1),
  array: (items: readonly Buffer[]) => concat(int32(items.length), ...items),
} as const;

export interface KafkaReader {
  int16(): number;
  int32(): number;
  string(): string;
  nullableString(): string | null;
  bytes(): Buffer;
  array<T>(item: () => T): T[] | null;
}

export function createKafkaReader(buffer: Buffer): KafkaReader {
  let at = 0;
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > buffer.length) throw new Error('the request is shorter than it says');
    at += length;
    return buffer.subarray(at - length, at);
  };
  const readInt16 = () => take(2).readInt16BE(0);
  const readInt32 = () => take(4).readInt32BE(0);
  return {
    int16: readInt16,
    int32: readInt32,
    string: () => take(readInt16()).toString(),
    nullableString() {
      const length = readInt16();
      return length === -1 ? null : take(length).toString();
    },
    bytes: () => take(readInt32()),
    array<T>(item: () => T) {
      const length = readInt32();
      return length === -1 ? null : Array.from({ length }, item);
    },
  };
}

export interface KafkaRecord {
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a batch's checksum stands, and where what it is of begins. */
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const RECORDS_AT = 61;

/** Throws at what is no batch of version 2, is compressed, or does not have the sum it says. */
export function readRecordBatch(batch: Buffer): KafkaRecord[] {
  if (batch.length !== batch.readInt32BE(8) + 12) throw new Error('the batch does not have the length it says');
  if (batch[16] !== 2) throw new Error('the batch is not of version 2');
  if (batch.readUInt32BE(CRC_AT) !== crc32c(batch.subarray(ATTRIBUTES_AT))) throw new Error('the checksum is wrong');
  if ((batch.readInt16BE(ATTRIBUTES_AT) & 0b111) !== 0) throw new Error('the batch is compressed');
  const count = batch.readInt32BE(57);
  const reader = createVarintReader(batch.subarray(RECORDS_AT));
  return Array.from({ length: count }, () => readRecord(reader));
}

interface VarintReader {
  /** Zigzag, as in Protocol Buffers. */
  varint(): number;
  take(length: number): Buffer;
}

function createVarintReader(buffer: Buffer): VarintReader {
  let at = 0;
  return {
    varint() {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = buffer[at];
        if (byte === undefined) throw new Error('the record is shorter than it says');
        at += 1;
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      return Number((value >> 1n) ^ -(value & 1n));
    },
    take(length) {
      at += length;
      if (at > buffer.length) throw new Error('the record is shorter than it says');
      return buffer.subarray(at - length, at);
    },
  };
}

function readRecord(reader: VarintReader): KafkaRecord {
  reader.varint();
  reader.take(1);
  reader.varint();
  reader.varint();
  const text = () => {
    const length = reader.varint();
    return length === -1 ? null : reader.take(length).toString();
  };
  const [key, value] = [text(), text() ?? ''];
  const headers = Array.from({ length: reader.varint() }, () => [text() ?? '', text() ?? ''] as const);
  return { key, value, headers: Object.fromEntries(headers) };
}

/** Castagnoli (RFC 3720, B.4). */
function crc32c(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
