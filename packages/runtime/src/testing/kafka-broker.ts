/**
 * A broker that speaks as much of Kafka's protocol as a producer needs, by https://kafka.apache.org/protocol (messages) and
 * https://kafka.apache.org/documentation/#recordbatch (records, version 2). It refuses what is not well-formed, checksums
 * included, so that a test sees a client's fault. It keeps records in memory over its own "deaths".
 */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { createKafkaReader, type KafkaReader, type KafkaRecord, kafka, readRecordBatch } from './kafka-wire.ts';
import type { TestCertificate } from './self-signed.ts';

export interface KafkaBrokerOptions {
  readonly certificate?: TestCertificate;
  readonly login?: { readonly user: string; readonly password: string };
  /** The error of every Produce, by its number. */
  readonly refuseWith?: number;
  readonly partitions?: number;
  /** Where it says that it can be reached. */
  readonly advertisedHost?: string;
}

export interface KafkaBroker extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  /** All that was acknowledged or could have been, in the order in which it came. */
  readonly records: readonly (KafkaRecord & { readonly partition: number })[];
  signal(signal: NodeJS.Signals): void;
  kill9(): Promise<void>;
  start(): Promise<void>;
}

const API = { produce: 0, metadata: 3, saslHandshake: 17, apiVersions: 18, saslAuthenticate: 36 } as const;
const VERSIONS = [
  [API.produce, 3, 3],
  [API.metadata, 1, 1],
  [API.saslHandshake, 1, 1],
  [API.apiVersions, 0, 0],
  [API.saslAuthenticate, 0, 0],
] as const;
const ERROR = { none: 0, unsupportedVersion: 35, saslFailed: 58, illegalSaslState: 34 } as const;
/** Of a request; a greeting in TLS reads as more. */
const MAX_REQUEST_BYTES = 10_000_000;

export async function startKafkaBroker(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const records: (KafkaRecord & { partition: number })[] = [];
  const sockets = new Set<Socket>();
  let server: net.Server;
  let port = 0;
  let stopped = Promise.withResolvers<void>();
  stopped.resolve();

  async function start(): Promise<void> {
    const serve = (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      converse(socket).catch(() => socket.destroy());
    };
    server = options.certificate ? tls.createServer(options.certificate, serve) : net.createServer(serve);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  async function kill9(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }

  async function converse(socket: Socket): Promise<void> {
    let waiting = Buffer.alloc(0);
    let isSignedIn = options.login === undefined;
    for await (const piece of socket as AsyncIterable<Buffer>) {
      waiting = Buffer.concat([waiting, piece]);
      while (
        waiting.length >= 4 &&
        (waiting.readInt32BE(0) > MAX_REQUEST_BYTES || waiting.length >= 4 + waiting.readInt32BE(0))
      ) {
        const size = waiting.readInt32BE(0);
        if (size > MAX_REQUEST_BYTES) return void socket.destroy();
        const request = createKafkaReader(waiting.subarray(4, 4 + size));
        waiting = waiting.subarray(4 + size);
        const [api, version, correlation] = [request.int16(), request.int16(), request.int32()];
        request.nullableString();
        await stopped.promise;
        const known = VERSIONS.find(([key, min, max]) => key === api && version >= min && version <= max);
        const free: readonly number[] = [API.apiVersions, API.saslHandshake, API.saslAuthenticate];
        if (!isSignedIn && !free.includes(api)) return void socket.destroy();
        const answer = known
          ? answerTo(api, request)
          : kafka.concat(kafka.int16(ERROR.unsupportedVersion), kafka.int32(0));
        if (api === API.saslAuthenticate) isSignedIn = answer.readInt16BE(0) === ERROR.none;
        socket.write(kafka.concat(kafka.int32(answer.length + 4), kafka.int32(correlation), answer));
      }
    }
  }

  function answerTo(api: number, request: KafkaReader): Buffer {
    if (api === API.apiVersions) return apiVersions();
    if (api === API.saslHandshake) return kafka.concat(kafka.int16(ERROR.none), kafka.array([kafka.string('PLAIN')]));
    if (api === API.saslAuthenticate) return authenticate(request.bytes());
    if (api === API.metadata) return metadata(request);
    return produce(request);
  }

  function apiVersions(): Buffer {
    const all = VERSIONS.map((numbers) => kafka.concat(...numbers.map((number) => kafka.int16(number))));
    return kafka.concat(kafka.int16(ERROR.none), kafka.array(all));
  }

  /** RFC 4616. */
  function authenticate(token: Buffer): Buffer {
    const { user = '', password = '' } = options.login ?? {};
    const expected = Buffer.from(`\0${user}\0${password}`);
    const given = token.subarray(token.indexOf(0));
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    const text = isRight ? kafka.nullString() : kafka.string('Authentication failed: Invalid username or password');
    return kafka.concat(kafka.int16(isRight ? ERROR.none : ERROR.saslFailed), text, kafka.int32(0));
  }

  function metadata(request: KafkaReader): Buffer {
    const topics = request.array(() => request.string());
    const node = kafka.array([kafka.int32(1)]);
    const partition = (index: number) =>
      kafka.concat(kafka.int16(ERROR.none), kafka.int32(index), kafka.int32(1), node, node);
    const partitions = Array.from({ length: options.partitions ?? 3 }, (_, index) => partition(index));
    const topic = (name: string) =>
      kafka.concat(kafka.int16(ERROR.none), kafka.string(name), kafka.bool(false), kafka.array(partitions));
    const host = kafka.string(options.advertisedHost ?? '127.0.0.1');
    const broker = kafka.concat(kafka.int32(1), host, kafka.int32(port), kafka.nullString());
    return kafka.concat(kafka.array([broker]), kafka.int32(1), kafka.array((topics ?? []).map(topic)));
  }

  function produce(request: KafkaReader): Buffer {
    if (request.nullableString() !== null) throw new Error('no transactions here');
    if (request.int16() !== -1) throw new Error('a record is only safe with all replicas');
    request.int32();
    const error = options.refuseWith ?? ERROR.none;
    const topics = request.array(() => {
      const name = request.string();
      const partitions = request.array(() => {
        const partition = request.int32();
        const batch = readRecordBatch(request.bytes());
        const offset = records.length;
        if (error === ERROR.none) for (const record of batch) records.push({ ...record, partition });
        return kafka.concat(kafka.int32(partition), kafka.int16(error), kafka.int64(offset), kafka.int64(-1));
      });
      return kafka.concat(kafka.string(name), kafka.array(partitions ?? []));
    });
    return kafka.concat(kafka.array(topics ?? []), kafka.int32(0));
  }

  await start();
  return {
    get port() {
      return port;
    },
    folder: '',
    records,
    signal(signal) {
      if (signal === 'SIGSTOP') stopped = Promise.withResolvers<void>();
      else if (signal === 'SIGCONT') stopped.resolve();
    },
    kill9,
    start,
    [Symbol.asyncDispose]: kill9,
  };
}
