/**
 * How a client says who it is, as fields of CONNECT:
 * https://docs.nats.io/reference/reference-protocols/nats-protocol#connect and, for keys,
 * https://github.com/nats-io/nkeys (a seed is Base32 of two bytes of kind, 32 bytes of Ed25519 seed, and a CRC16).
 */

import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { NatsLogin } from '@vaquita/plugins';

/** Throws in words when a seed or a file of credentials is none. `nonce` is what the server wants signed. */
export function loginFields(login: NatsLogin, nonce: string): Readonly<Record<string, string>> {
  switch (login.kind) {
    case 'none':
      return {};
    case 'password':
      return { user: login.user, pass: login.password };
    case 'token':
      return { auth_token: login.token };
    case 'nkey': {
      const key = keyOf(login.seed);
      return { nkey: publicName(key), sig: signed(key, nonce) };
    }
    case 'credentials': {
      const jwt = blockOf(login.text, 'NATS USER JWT');
      return { jwt, sig: signed(keyOf(blockOf(login.text, 'USER NKEY SEED')), nonce) };
    }
  }
}

function blockOf(text: string, label: string): string {
  const match = new RegExp(`-+BEGIN ${label}-+\\s+(\\S+)\\s+-+END ${label}-+`).exec(text);
  if (match?.[1] === undefined) throw new Error(`The credentials have no part "${label}": enter the whole file`);
  return match[1];
}

function signed(key: KeyObject, nonce: string): string {
  return sign(null, Buffer.from(nonce), key).toString('base64url');
}

const SEED_BYTES = 36;
const USER_SEED = { first: (18 << 3) | (20 >> 2), second: (20 & 0b11) << 6 };
const USER_PREFIX = 20 << 3;
/** PKCS #8 of an Ed25519 key, up to the seed (RFC 8410, 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

function keyOf(seed: string): KeyObject {
  const bytes = fromBase32(seed.trim());
  const isUser = bytes?.length === SEED_BYTES && headOf(bytes);
  if (!bytes || !isUser || crc16(bytes.subarray(0, -2)) !== bytes.readUInt16LE(SEED_BYTES - 2)) {
    throw new Error('The seed is not the seed of a user, which begins with SU: look for a typing error');
  }
  const der = Buffer.concat([PKCS8_HEAD, bytes.subarray(2, 34)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function headOf(bytes: Buffer): boolean {
  return bytes[0] === USER_SEED.first && bytes[1] === USER_SEED.second;
}

/** `U…` */
function publicName(key: KeyObject): string {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const name = Buffer.concat([Buffer.from([USER_PREFIX]), Buffer.from(x, 'base64url')]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(crc16(name));
  return toBase32(Buffer.concat([name, check]));
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function fromBase32(text: string): Buffer | null {
  let bits = '';
  for (const sign of text) {
    const value = BASE32.indexOf(sign);
    if (value === -1) return null;
    bits += value.toString(2).padStart(5, '0');
  }
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** CRC-16/XMODEM. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
