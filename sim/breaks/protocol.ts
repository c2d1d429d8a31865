/** Known defects of what servers and workers say to each other. */
import type { Breakage } from './breakage.ts';
import { dropsSent, everyNth, hearing, messagesOf, saying } from './tools.ts';

export const PROTOCOL_BREAKAGES: readonly (() => Breakage)[] = [
  () => ({
    name: 'lost-ack',
    what: 'Every third acknowledgement of a result is not sent, nor is it when the result is told again.',
    ...dropsSent('resultAck', 3),
  }),
  () => ({
    name: 'over-admit',
    what: 'Workers are taken to have one slot more than they have.',
    ...hearing((text) => text.replace(/"slots":(\d+)/, (_, slots) => `"slots":${Number(slots) + 1}`)),
  }),
  () => {
    const due = everyNth(6);
    return {
      name: 'success-for-failure',
      what: 'Every sixth result is heard as a success.',
      ...hearing((text) =>
        text.includes('"type":"result"') && due() ? text.replace('"state":"failure"', '"state":"success"') : text,
      ),
    };
  },
  () => ({
    name: 'lost-kill',
    what: 'No order to end a task is ever sent.',
    ...dropsSent('kill', 1),
  }),
  () => ({
    name: 'early-ack',
    what: 'Results are acknowledged when they are heard, and not when they are durable.',
    ...hearing((text, wire) => {
      for (const message of messagesOf(text)) {
        const { type, dispatchId } = message as { type?: string; dispatchId?: string };
        if (type === 'result') wire.send(JSON.stringify({ type: 'resultAck', dispatchIds: [dispatchId] }));
      }
      return text;
    }),
  }),
  () => {
    const due = everyNth(3);
    return {
      name: 'old-epoch',
      what: 'Every third dispatch is sent in the name of the leader before, and workers begin it.',
      takesOldEpochs: true,
      ...saying((messages) =>
        messages.map((message) => {
          const { type, epoch } = message as { type?: string; epoch?: number };
          return type === 'dispatch' && epoch !== undefined && epoch > 1 && due()
            ? { ...message, epoch: epoch - 1 }
            : message;
        }),
      ),
    };
  },
];
