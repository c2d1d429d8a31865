/** Events as NATS messages: to a stream that answers for them, or to whoever listens now. */
import type { BrokerLink, BrokerMessage, Dialer, NatsOrder } from '@vaquita/plugins';
import { TLS_HINT, within } from './broker-link.ts';
import type { SocketMeans } from './guarded-socket.ts';
import { type NatsClient, openNats } from './nats-client.ts';

export function createNatsDialer(means: SocketMeans): Dialer<NatsOrder> {
  return {
    async open(order, signal) {
      const hint = order.tls === null ? '' : TLS_HINT;
      const peer = order.servers.map(({ host, port }) => `${host}:${port}`).join(', ');
      const control = new AbortController();
      const limits = { peer, timeoutMs: order.timeoutMs, signal, hint };
      const opening = () => openFirst(order, means, control.signal);
      return createLink(await within(limits, opening, () => control.abort()), order);
    },
  };
}

async function openFirst(order: NatsOrder, means: SocketMeans, signal: AbortSignal): Promise<NatsClient> {
  const failures: string[] = [];
  for (const peer of order.servers) {
    try {
      return await openNats(peer, { access: order, means, signal });
    } catch (error) {
      signal.throwIfAborted();
      failures.push((error as Error).message);
    }
  }
  throw new Error(failures.join('; '));
}

function createLink(client: NatsClient, order: NatsOrder): BrokerLink {
  return {
    isOpen: () => client.isOpen(),
    async publish(message, signal) {
      const limits = { peer: client.peer, timeoutMs: order.timeoutMs, signal };
      await within(
        limits,
        () => send(client, order, message),
        () => client.destroy(),
      );
    },
    close: async () => client.destroy(),
  };
}

async function send(client: NatsClient, { subject: pattern, mode }: NatsOrder, message: BrokerMessage): Promise<void> {
  const subject = pattern.replaceAll('{type}', message.type);
  // https://docs.nats.io/using-nats/developer/develop_jetstream/model_deep_dive#message-deduplication
  const headers = { ...message.headers, 'Nats-Msg-Id': message.id };
  const publication = { subject, headers, body: message.body };
  if (mode === 'core') return client.publish(publication);
  const { status, payload } = await client.request(publication);
  if (status === 503) {
    throw new Error(
      `No stream takes the subject ${subject} at ${client.peer}: make one there, or choose the mode core`,
    );
  }
  readAcknowledgement(payload, client.peer);
}

/** https://docs.nats.io/reference/reference-protocols/nats_api_reference#publish-acks */
function readAcknowledgement(payload: string, peer: string): void {
  const answer = parse(payload);
  if (answer?.error)
    throw new Error(`${peer} has not stored the event: ${answer.error.description ?? 'it says no more'}`);
  if (typeof answer?.stream !== 'string' || typeof answer.seq !== 'number') {
    throw new Error(`What answers for this subject at ${peer} is no stream: choose another subject, or the mode core`);
  }
}

interface Acknowledgement {
  readonly stream?: unknown;
  readonly seq?: unknown;
  readonly error?: { readonly description?: string };
}

function parse(text: string): Acknowledgement | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? (value as Acknowledgement | null) : null;
  } catch {
    return null;
  }
}
