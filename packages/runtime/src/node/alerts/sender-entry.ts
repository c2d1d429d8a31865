/** The inside of the thread that sends alerts. */
import { parentPort, workerData } from 'node:worker_threads';
import { sendAlert } from '@vaquita/plugins';
import { createGuard } from '../outbound/guard.ts';
import { createOutboundHttp } from '../outbound/http-client.ts';
import { createMailSender } from '../outbound/mail-sender.ts';
import { chooseProxies } from '../outbound/proxy-settings.ts';
import { systemClock } from '../system.ts';
import type { OutboundSettings, SenderMessage, SenderReply } from './messages.ts';

if (parentPort === null) throw new Error('This file is the inside of a thread and is started by openAlertSender.');
const port = parentPort;
const { allow, proxy, trust } = workerData as OutboundSettings;
const guard = createGuard(allow);
const http = createOutboundHttp({ guard, proxyFor: chooseProxies(proxy), trust });
const ports = { http, mail: createMailSender({ guard, trust }), clock: systemClock };
const underWay = new Map<number, AbortController>();

port.on('message', (message: SenderMessage) => {
  const { id } = message;
  if (message.kind === 'stop') {
    underWay.get(id)?.abort();
    return;
  }
  const control = new AbortController();
  underWay.set(id, control);
  void sendAlert({ ...message.delivery, signal: control.signal }, message.target, ports).then((result) => {
    underWay.delete(id);
    port.postMessage({ id, result } satisfies SenderReply);
  });
});
