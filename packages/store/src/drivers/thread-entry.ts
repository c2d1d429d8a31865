/** The inside of a database thread: the embedded driver, told what to do by messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '@vaquita/core';
import { openEmbeddedDriver } from './embedded.ts';
import {
  createBatcher,
  createUnpacker,
  OPENED,
  type Parcel,
  packError,
  packResults,
  type Reply,
  type Request,
  type ThreadOptions,
  unwrap,
  wrapReplies,
} from './thread-messages.ts';

if (parentPort === null)
  throw new Error('This file is the inside of a worker thread and is started by openThreadDriver.');
const port = parentPort;
const reply = createBatcher<Reply>((batch) => port.postMessage(wrapReplies(batch)));
const refuse = (id: number) => (thrown: unknown) => reply({ id, error: packError(toAppError(thrown)) });

try {
  const driver = await openEmbeddedDriver(workerData as ThreadOptions);
  const { learn, unpack } = createUnpacker();
  port.on('message', (parcel: Parcel<Request>) => {
    for (const request of unwrap(parcel)) {
      switch (request.kind) {
        case 'text':
          learn(request.number, request.sql);
          break;
        case 'query':
          driver.query(unpack(request.statement)).then((rows) => reply({ id: request.id, rows }), refuse(request.id));
          break;
        case 'write':
          driver
            .write(request.unit.map(unpack))
            .then((results) => reply(packResults(request.id, results)), refuse(request.id));
          break;
        case 'close':
          driver.close().then(() => reply({ id: request.id, results: [] }), refuse(request.id));
          break;
      }
    }
  });
  reply({ id: OPENED, results: [] });
} catch (thrown) {
  refuse(OPENED)(thrown);
}
