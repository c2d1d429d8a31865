/**
 * What built-in listeners need of the machine they run on. Everything rejects with an error whose message is a sentence for
 * people, without secrets. Connections go through the guard against inner addresses, each time they are opened.
 */
import type { Clock } from '@vaquita/core';
import type { OutboundHttp } from '../ports.ts';

export interface ListenerPorts {
  readonly http: OutboundHttp;
  readonly clock: Clock;
  readonly files: LineFiles;
}

export interface LineFiles {
  open(order: LineFileOrder): Promise<LineFile>;
}

export interface LineFileOrder {
  /** A plain name, in the one folder that the operator has set. */
  readonly name: string;
  /** A file is not made longer than this by another line; a single line may be longer. */
  readonly maxBytes: number;
  /** Together with the one that is written: `name`, `name.1`, … The oldest is removed. */
  readonly maxFiles: number;
  /** `disk`: a line survives a power cut before `append` resolves. `system`: it survives the end of this process. */
  readonly flush: 'disk' | 'system';
}

export interface LineFile {
  /** One line, without its end. All of it is in the file, or none. */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}
