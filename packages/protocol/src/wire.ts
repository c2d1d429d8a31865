/**
 * The port a session talks through: a WebSocket, or a pair in memory for tests. A wire only moves text; order,
 * limits and meaning belong to the session. A wire never calls back from inside a call made to it.
 */
export interface Wire {
  send(text: string): void;
  /** Begins the close; `onClose` follows, at once or later. */
  close(code: number, reason: string): void;
  /** Drops the connection without a word, when a close was not answered. */
  terminate(): void;
  /** Bytes handed to `send` that have not left yet. */
  readonly bufferedBytes: number;
  /** One receiver; what arrives before it is set is kept by the wire. */
  onText(receive: (text: string) => void): void;
  /** Called once. */
  onClose(closed: (code: number, reason: string) => void): void;
  /** Runs a flush after the work of this tick, so that messages sent together leave together. */
  defer(run: () => void): void;
}
