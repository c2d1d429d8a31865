import type { AlertMessage } from './message.ts';

export interface Sender {
  /** Where people reach this system, such as `https://example.org/vaquita/`; null: nobody has said. */
  readonly address: string | null;
  /** Of the server that sends, as people know it. */
  readonly name: string;
}

/**
 * The message as it is sent: links that are paths are completed with the address, and left out where there is none; unless
 * it says where it comes from, that is the address, or the name.
 */
export function addressed(message: AlertMessage, { address, name }: Sender): AlertMessage {
  const base = address?.replace(/\/+$/, '') ?? null;
  const links = message.links.flatMap((link) => {
    if (!link.url.startsWith('/')) return [link];
    return base === null ? [] : [{ ...link, url: `${base}${link.url}` }];
  });
  return { ...message, links, source: message.source === '' ? (base ?? name) : message.source };
}
