/** Reads the text of an answer up to a bound, so that an endless one cannot fill the worker's memory. */
export interface Body {
  readonly text: string;
  /** False when the answer went on past the bound. */
  readonly complete: boolean;
}

export async function readBody(answer: Response, maxBytes: number): Promise<Body> {
  if (answer.body === null) return { text: '', complete: true };
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), complete: true };
    const room = maxBytes - bytes;
    bytes += value.byteLength;
    text += decoder.decode(value.subarray(0, room), { stream: true });
    if (bytes > maxBytes) {
      await reader.cancel().catch(() => {});
      return { text, complete: false };
    }
  }
}
