/** What the bare skeleton says on its socket: frames are arrays of these, of the size of the real protocol's messages. */

export interface Dispatch {
  readonly type: 'dispatch';
  readonly dispatchId: string;
  readonly taskInstanceId: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly taskName: string;
  readonly taskType: string;
  readonly params: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
  readonly businessTime: number;
  readonly timezone: string;
  readonly timeoutMs: number | null;
}

export interface ResultAck {
  readonly type: 'resultAck';
  readonly dispatchIds: readonly string[];
}

export type Order = Dispatch | ResultAck;

export type Report =
  | { readonly type: 'ack'; readonly dispatchId: string }
  | { readonly type: 'started'; readonly dispatchId: string; readonly processId: null; readonly at: number }
  | {
      readonly type: 'result';
      readonly dispatchId: string;
      readonly epoch: number;
      readonly state: 'success';
      readonly exitCode: number;
      readonly outputs: Readonly<Record<string, string>>;
      readonly startedAt: number;
      readonly endedAt: number;
    };
