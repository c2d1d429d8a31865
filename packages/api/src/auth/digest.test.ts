import { sha256Hex } from '@vaquita/core';
import { expect, test } from 'vitest';
import { secretDigest } from './digest.ts';

test.each(['', 'vqa_secret', 'ü 🐄', 'x'.repeat(500)])(
  'the digest of a secret is its SHA-256, as stored: %j',
  async (secret) => {
    expect(secretDigest(secret)).toBe(await sha256Hex(secret));
  },
);
