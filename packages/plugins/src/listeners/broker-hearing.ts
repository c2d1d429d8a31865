/** Passes events on to a message broker, as CloudEvents in structured mode. */
import type { ListenerEvent } from '@vaquita/core';
import type { Hearing } from './built-in-listener.ts';
import { STRUCTURED, structuredCloudEvent } from './cloud-event.ts';
import type { BrokerLink } from './ports.ts';

export interface BrokerWords {
  readonly source: string;
  /** What keeps the order; one for all by default. */
  readonly keyOf?: (event: ListenerEvent) => string;
}

export function brokerHearing(link: BrokerLink, { source, keyOf = () => 'vaquita' }: BrokerWords): Hearing {
  return {
    isOpen: () => link.isOpen(),
    hear: (event, signal) =>
      link.publish(
        {
          id: event.id,
          seq: event.seq,
          type: event.type,
          key: keyOf(event),
          headers: { 'content-type': STRUCTURED },
          body: structuredCloudEvent(event, source),
        },
        signal,
      ),
    close: () => link.close(),
  };
}
