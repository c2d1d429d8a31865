/**
 * The files of one attempt, between its folder and the server, over HTTP at the address of the worker's socket.
 *
 * X1 Before each sending it is asked whether this attempt may still send, how large a file may be, and what is there
 *    already: a sending whose answer was lost is not done twice.
 */
import { AppError, type DispatchId } from '@vaquita/core';
import type { PassedFiles, ReadyOutput } from '@vaquita/runtime/node/worker';
import type { FileTransfer } from '@vaquita/tasks';
import { ConnectionLost, createFileRequests, type FileRequestsOptions } from './file-requests.ts';

export interface FileTransferOptions extends FileRequestsOptions {
  readonly dispatchId: DispatchId;
  /** Of the attempt. */
  readonly folder: string;
  readonly disk: PassedFiles;
}

export function createFileTransfer(options: FileTransferOptions): FileTransfer {
  const { disk, folder, dispatchId } = options;
  const requests = createFileRequests(options);

  return {
    receive(param, { taskInstanceId, output, fileName, folder: isFolder }, signal) {
      const path = `dispatches/${dispatchId}/inputs/${taskInstanceId}/${output}`;
      return requests.persist(signal, async () => {
        const answer = await requests.once({ path, signal });
        const kind = isFolder ? 'folder' : 'file';
        const content = piecesOf(answer);
        return disk.arrive(folder, param, { fileName, kind, ...readFacts(answer), content });
      });
    },

    async send(output, given, signal) {
      const path = `dispatches/${dispatchId}/outputs/${output}`;
      let ready: ReadyOutput | undefined;
      try {
        return await requests.persist(signal, async () => {
          const before = await readFields(await requests.once({ path, signal }));
          ready ??= await disk.ready(folder, given, numberIn(before, 'maxBytes'));
          if (isSame(before.kept, ready)) return textIn(before.kept, 'reference');
          const { fileName, kind, size, sha256 } = ready;
          const query = new URLSearchParams({ fileName, kind, size: String(size), sha256 });
          const init = {
            method: 'PUT',
            headers: { 'content-type': 'application/octet-stream' },
            body: await ready.open(),
            duplex: 'half',
          };
          const answer = await requests.once({ path: `${path}?${query}`, signal, init });
          return textIn(await readFields(answer), 'reference');
        });
      } finally {
        await ready?.close();
      }
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isSame(kept: unknown, ready: ReadyOutput): kept is Fields {
  if (!isFields(kept)) return false;
  return (['fileName', 'kind', 'size', 'sha256'] as const).every((name) => kept[name] === ready[name]);
}

async function readFields(answer: Response): Promise<Fields> {
  const text = await answer.text().catch((error: unknown) => {
    throw new ConnectionLost('the answer broke off', { cause: error });
  });
  const value: unknown = JSON.parse(text);
  return isFields(value) ? value : {};
}

function readFacts({ headers }: Response): { readonly size: number; readonly sha256: string } {
  const [size, sha256] = [headers.get('content-length'), headers.get('x-vaquita-sha256')];
  if (size === null || sha256 === null) throw notUnderstood('the size and the SHA-256 sum of the file');
  return { size: Number(size), sha256 };
}

function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number') throw notUnderstood(name);
  return value;
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw notUnderstood(name);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function notUnderstood(what: string): AppError {
  return new AppError(
    'protocol_violation',
    `the server's answer does not say ${what}; is something between that changes it?`,
  );
}

/** Tells a break of the connection from an error of who reads. */
async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new ConnectionLost('the connection broke off in the middle of the file', { cause: error });
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
