/** Settings that several built-in listeners share. */
import * as z from 'zod';
import { destination, line, secret } from '../alerts/form.ts';
import type { Peer, TlsOrder } from './ports.ts';

/** Says where events come from: with their ids it tells them from those of other installations. */
export function eventSource() {
  return z
    .string()
    .min(1)
    .max(500)
    .regex(/^[\x21-\x7e]+$/, 'This must be an address or a path without spaces')
    .default('/vaquita')
    .meta({
      title: 'Source',
      description: 'The CloudEvents attribute "source", such as the address of this server. Tells installations apart.',
    });
}

export function timeoutSeconds() {
  return z.int().min(1).max(300).default(15).meta({ title: 'Time limit in seconds', description: 'For one event.' });
}
/** `host:port`, several with commas. IPv6 in brackets. */
export function peers(title: string, example: string) {
  const field = z
    .string()
    .max(2_000)
    .refine((text) => text.split(',').every((one) => readPeer(one) !== null), `This must be as in ${example}`);
  return destination(field, { title, examples: [example] });
}

export function peersOf(text: string): readonly Peer[] {
  return text.split(',').map((one) => readPeer(one)!);
}

function readPeer(text: string): Peer | null {
  const match = /^\s*(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})\s*$/i.exec(text);
  const [, v6, name, port] = match ?? [];
  const host = v6 ?? name;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host, port: Number(port) };
}

const pem = (label: string) =>
  z
    .string()
    .max(100_000)
    .regex(new RegExp(`^\\s*-----BEGIN ${label}-----[\\s\\S]+-----END ${label}-----\\s*$`), 'This must be PEM');

export const tlsFields = {
  tls: z
    .boolean()
    .default(true)
    .meta({ title: 'TLS', description: 'Certificates are always checked.', 'x-destination': true }),
  tlsAuthority: pem('CERTIFICATE').optional().meta({
    title: 'Authority',
    description:
      'PEM of the authority that has signed the certificate of the other side; left out: those everybody trusts.',
    format: 'multiline',
    'x-destination': true,
  }),
  tlsCertificate: pem('CERTIFICATE')
    .optional()
    .meta({ title: 'Client certificate', description: 'PEM, when the other side asks for one.', format: 'multiline' }),
  tlsKey: pem('(?:RSA |EC )?PRIVATE KEY')
    .optional()
    .meta({ title: 'Key of the client certificate', format: 'multiline', writeOnly: true }),
};

interface TlsSettings {
  readonly tls: boolean;
  readonly tlsAuthority?: string | undefined;
  readonly tlsCertificate?: string | undefined;
  readonly tlsKey?: string | undefined;
}

export function tlsOrderOf({ tls, tlsAuthority, tlsCertificate, tlsKey }: TlsSettings): TlsOrder | null {
  if (!tls) return null;
  return { authority: tlsAuthority ?? null, certificate: tlsCertificate ?? null, key: tlsKey ?? null };
}

export const userField = () => line({ title: 'User' }).optional();
export const passwordField = () => secret({ title: 'Password' }).optional();
