/** What Kafka's errors mean for whoever has to do something about them: https://kafka.apache.org/protocol#protocol_error_codes */

const ADVICE: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'the user may not write to the topic: let it',
  CLUSTER_AUTHORIZATION_FAILED: 'the user may not do this: let it write',
  SASL_AUTHENTICATION_FAILED: 'it does not accept the user and password',
  UNSUPPORTED_SASL_MECHANISM: 'it does not offer this way to sign in: choose another mechanism',
  ILLEGAL_SASL_STATE: 'it does not expect a user and password on this port',
  UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic: make it, or let the brokers make it',
  INVALID_TOPIC_EXCEPTION: 'this is no name of a topic',
  MESSAGE_TOO_LARGE: 'the event is too large: raise max.message.bytes of the topic',
  RECORD_LIST_TOO_LARGE: 'the event is too large: raise max.message.bytes of the topic',
  NOT_ENOUGH_REPLICAS: 'too few replicas are in sync',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'too few replicas are in sync',
  LEADER_NOT_AVAILABLE: 'no broker leads the partition yet',
  NOT_LEADER_FOR_PARTITION: 'another broker leads the partition now',
  REQUEST_TIMED_OUT: 'the replicas have not answered in time',
  UNSUPPORTED_VERSION: 'it is too new or too old: it must be Kafka 0.11 or newer',
};

export interface KafkaPlace {
  readonly peer: string;
  readonly topic: string;
  /** Of a socket: it says more than what came of it. */
  readonly lastFailure: Error | null;
}

interface KafkaError {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

export function kafkaWords(error: unknown, { peer, topic, lastFailure }: KafkaPlace): Error {
  const { name, type, message, cause } = innermost(error as KafkaError);
  if (typeof type === 'string') {
    return new Error(`${peer} said no to the topic ${topic}: ${ADVICE[type] ?? 'it says no more'} (${type})`, {
      cause: error,
    });
  }
  if (name === 'KafkaJSSASLAuthenticationError') {
    return new Error(`${peer} does not accept the user and password: ${String(message)}`, { cause: error });
  }
  if (lastFailure !== null) return lastFailure;
  if (typeof name === 'string' && name.startsWith('KafkaJSConnection')) {
    return new Error(`${peer} could not be reached: the connection was broken off`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(message ?? cause ?? error));
}

/** kafkajs wraps what has happened into how often it was tried. */
function innermost(error: KafkaError): KafkaError {
  let inner = error;
  while (typeof inner.cause === 'object' && inner.cause !== null && typeof inner.type !== 'string') inner = inner.cause;
  return typeof inner.name === 'string' ? inner : error;
}
