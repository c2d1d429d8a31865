/** What every log store does with bytes, wherever it keeps them. */

/** A line that says how much is missing, exactly as long as what is missing: the place of a byte stays its offset. */
export function lostMarker(length: number): Uint8Array {
  const text = `\n[${length} bytes of output were lost]`;
  if (length === 0) return new Uint8Array(0);
  return new TextEncoder().encode(
    length <= text.length ? '\n'.padStart(length, '.') : `${text.padEnd(length - 1, ' ')}\n`,
  );
}

/** Without the beginning of a character whose rest lies beyond; the whole when it is no UTF-8 at all. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
