/** What agent and keeper say to each other, a line each: orders one way, the other way which attempt there is to look at. */
import type { OutputDefinition } from '@vaquita/core/outputs';

export interface KeeperOrder {
  readonly id: string;
  /** Of the attempt; the process works in another one. */
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The outputs that lines of stdout may set; null: none. */
  readonly outputs: readonly OutputDefinition[] | null;
}

/** To be answered by a hint with the same id: whoever answers would start a process too. */
export interface KeeperPing {
  readonly ping: string;
}

/** There is something new in the folder of the attempt. */
export interface KeeperHint {
  readonly id: string;
  /** It cannot be begun, and there is nothing in the folder that would say so. */
  readonly problem?: { readonly code: string; readonly message: string };
}

export function encodeMessage(message: KeeperOrder | KeeperPing | KeeperHint): string {
  return `${JSON.stringify(message)}\n`;
}

/** Takes text in pieces and gives the messages in it, whole. Both sides are one program: what is no message is a fault. */
export function createMessageReader<Message extends KeeperOrder | KeeperPing | KeeperHint>(
  onMessage: (message: Message) => void,
): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) onMessage(JSON.parse(line) as Message);
  };
}
