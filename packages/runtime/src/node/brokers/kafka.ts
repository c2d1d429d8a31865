/**
 * Events as records of Kafka, through kafkajs with sockets of our own (docs/adr/0035-who-speaks-to-brokers.md).
 *
 * K1 Every address is checked by the guard, those that brokers tell of included (O1 to O3 in `outbound/guard.ts`).
 * K2 A record counts as sent when all in-sync replicas have it. Nothing is tried again in here: the next try opens anew.
 * K3 What is closed or given up leaves no socket behind.
 */
import type { BrokerLink, BrokerMessage, Dialer, KafkaOrder } from '@vaquita/plugins';
import type { KafkaConfig, Producer, SASLOptions } from 'kafkajs';
import { TLS_HINT, within } from './broker-link.ts';
import type { SocketMeans } from './guarded-socket.ts';
import { createSocketKeeper, type SocketKeeper } from './kafka-sockets.ts';
import { kafkaWords } from './kafka-words.ts';

export function createKafkaDialer(means: SocketMeans): Dialer<KafkaOrder> {
  return {
    async open(order, signal) {
      const sockets = createSocketKeeper(order.tls, means);
      const peer = order.brokers.map(({ host, port }) => `${host}:${port}`).join(', ');
      const limits = { peer, timeoutMs: order.timeoutMs, signal, hint: order.tls === null ? '' : TLS_HINT };
      const producer = await createProducer(order, sockets);
      const close = () => {
        sockets.destroy();
        producer.disconnect().catch(() => undefined);
      };
      try {
        await within(limits, () => producer.connect(), close);
      } catch (error) {
        close();
        throw kafkaWords(error, { peer, topic: order.topic, lastFailure: sockets.lastFailure() });
      }
      return createLink({ producer, sockets, order, peer, close });
    },
  };
}

interface Open {
  readonly producer: Producer;
  readonly sockets: SocketKeeper;
  readonly order: KafkaOrder;
  readonly peer: string;
  close(): void;
}

function createLink({ producer, sockets, order, peer, close }: Open): BrokerLink {
  const { topic, timeoutMs } = order;

  async function publish(message: BrokerMessage, signal: AbortSignal): Promise<void> {
    sockets.forgetFailure();
    try {
      await within({ peer, timeoutMs, signal }, () => send(producer, order, message), close);
    } catch (error) {
      close();
      throw kafkaWords(error, { peer, topic, lastFailure: sockets.lastFailure() });
    }
  }

  return { isOpen: () => sockets.areOpen(), publish, close: async () => close() };
}

async function send(producer: Producer, { topic, timeoutMs }: KafkaOrder, message: BrokerMessage): Promise<void> {
  const { id, key, headers, body } = message;
  await producer.send({
    topic,
    acks: -1,
    timeout: timeoutMs,
    // Content type as the Kafka binding of CloudEvents names it; the id beside it for those who do not read the body.
    messages: [{ key, value: body, headers: { ...headers, ce_id: id } }],
  });
}

async function createProducer(order: KafkaOrder, sockets: SocketKeeper): Promise<Producer> {
  // Loaded by who needs it only.
  const { default: kafkajs } = await import('kafkajs');
  const config: KafkaConfig = {
    brokers: order.brokers.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`),
    clientId: order.clientId,
    connectionTimeout: order.timeoutMs,
    authenticationTimeout: order.timeoutMs,
    requestTimeout: order.timeoutMs,
    enforceRequestTimeout: true,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
    socketFactory: sockets.factory,
    ...(order.login === null ? {} : { sasl: saslOf(order.login) }),
  };
  return new kafkajs.Kafka(config).producer({
    allowAutoTopicCreation: true,
    maxInFlightRequests: 1,
    retry: { retries: 0 },
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
}

function saslOf({ mechanism, user, password }: NonNullable<KafkaOrder['login']>): SASLOptions {
  return { mechanism, username: user, password } as SASLOptions;
}
