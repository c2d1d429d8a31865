import type { AlertMessage } from './message.ts';

/**
 * The message as it is sent: links that are paths are completed with the address under which people reach this system,
 * and left out where there is none; it comes from that address, unless it says otherwise.
 * @param address such as `https://vaquita.example` or `https://example.org/vaquita/`; null: nobody has said.
 */
export function addressed(message: AlertMessage, address: string | null): AlertMessage {
  const base = address?.replace(/\/+$/, '') ?? null;
  const links = message.links.flatMap((link) => {
    if (!link.url.startsWith('/')) return [link];
    return base === null ? [] : [{ ...link, url: `${base}${link.url}` }];
  });
  return { ...message, links, source: message.source === '' ? (base ?? '') : message.source };
}
