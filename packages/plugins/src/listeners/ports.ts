/**
 * What built-in listeners need of the machine they run on. Everything rejects with an error whose message is a sentence for
 * people, without secrets. Connections go through the guard against inner addresses, each time they are opened.
 */
import type { Clock } from '@vaquita/core';
import type { OutboundHttp } from '../ports.ts';

export interface ListenerPorts {
  readonly http: OutboundHttp;
  readonly clock: Clock;
  readonly files: LineFiles;
  readonly kafka: Dialer<KafkaOrder>;
  readonly nats: Dialer<NatsOrder>;
  readonly redis: Dialer<RedisOrder>;
}

export interface LineFiles {
  open(order: LineFileOrder): Promise<LineFile>;
}

export interface LineFileOrder {
  /** A plain name, in the one folder that the operator has set. */
  readonly name: string;
  /** A file is not made longer than this by another line; a single line may be longer. */
  readonly maxBytes: number;
  /** Together with the one that is written: `name`, `name.1`, … The oldest is removed. */
  readonly maxFiles: number;
  /** `disk`: a line survives a power cut before `append` resolves. `system`: it survives the end of this process. */
  readonly flush: 'disk' | 'system';
}

export interface LineFile {
  /** One line, without its end. All of it is in the file, or none. */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

export interface Dialer<Order> {
  /** Connects and signs in. */
  open(order: Order, signal: AbortSignal): Promise<BrokerLink>;
}

export interface BrokerLink {
  /** False once the connection is known to be gone: then a new link is needed. */
  isOpen(): boolean;
  /** Resolves when the other side has said that it has the message. Rejects when it has not, or the signal fires first. */
  publish(message: BrokerMessage, signal: AbortSignal): Promise<void>;
  /** Ends at once, never rejects. */
  close(): Promise<void>;
}

export interface BrokerMessage {
  /** The same for every try: what the other side may tell a second one by. */
  readonly id: string;
  readonly seq: number;
  readonly type: string;
  /** What keeps the order: messages of one key arrive as they were sent. */
  readonly key: string;
  /** Names in lower case, values ASCII. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Null: the connection is not encrypted. */
export interface TlsOrder {
  /** PEM of authorities that are trusted beside the others. */
  readonly authority: string | null;
  /** PEM: who this client is. */
  readonly certificate: string | null;
  readonly key: string | null;
}

export interface Peer {
  readonly host: string;
  readonly port: number;
}

export interface KafkaOrder {
  /** Where to ask for the others. */
  readonly brokers: readonly Peer[];
  readonly tls: TlsOrder | null;
  readonly login: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly user: string;
    readonly password: string;
  } | null;
  readonly clientId: string;
  readonly topic: string;
  readonly timeoutMs: number;
}

export interface NatsAccess {
  readonly tls: TlsOrder | null;
  readonly login: NatsLogin;
  readonly clientName: string;
}

export type NatsLogin =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'nkey'; readonly seed: string }
  /** A file of credentials: a JWT and a seed. */
  | { readonly kind: 'credentials'; readonly text: string };

export interface NatsOrder extends NatsAccess {
  /** Tried in their order. */
  readonly servers: readonly Peer[];
  /** `{type}` in it becomes the type of the event. */
  readonly subject: string;
  /** `jetstream`: a stream has stored it. `core`: the server has it, and whoever listens now. */
  readonly mode: 'jetstream' | 'core';
  readonly timeoutMs: number;
}

export interface RedisAccess extends Peer {
  readonly tls: TlsOrder | null;
  /** A null user is the default one. */
  readonly login: { readonly user: string | null; readonly password: string } | null;
  readonly database: number;
}

export interface RedisOrder extends RedisAccess {
  readonly stream: string;
  /** About how many entries stay; null: all. */
  readonly maxLength: number | null;
  /** `event`: ids are `<seq>-0`, and a second try is told by that. `server`: the server makes them. */
  readonly entryIds: 'event' | 'server';
  readonly timeoutMs: number;
}
