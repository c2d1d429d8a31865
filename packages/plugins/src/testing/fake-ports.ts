/** Ports whose other side is a fake of the vendor: it sees what would go over the wire and answers as the vendor does. */
import { createManualClock, type ManualClock } from '@vaquita/core/testing';
import type {
  ChannelPorts,
  MailSender,
  OutboundAnswer,
  OutboundFailure,
  OutboundMail,
  OutboundRequest,
} from '../ports.ts';
import { NOW } from './sample-message.ts';

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

export type FakeVendor = (
  request: OutboundRequest,
) => FakeAnswer | OutboundFailure | Promise<FakeAnswer | OutboundFailure>;

export interface FakePorts extends ChannelPorts {
  readonly clock: ManualClock;
  readonly requests: readonly OutboundRequest[];
  readonly mails: readonly OutboundMail[];
  /** Throws what the vendor's checks have found, which a channel would only see as a failure. */
  verify(): void;
}

type MailAnswerer = (mail: OutboundMail) => ReturnType<MailSender['send']>;

export function fakePorts(
  vendor: FakeVendor,
  mailServer: MailAnswerer = async () => ({ ok: true, answer: '250 taken', refused: [] }),
): FakePorts {
  const requests: OutboundRequest[] = [];
  const mails: OutboundMail[] = [];
  const wrong: unknown[] = [];

  async function request(given: OutboundRequest): Promise<OutboundAnswer | OutboundFailure> {
    requests.push(given);
    try {
      const answer = await vendor(given);
      if ('failure' in answer) return answer;
      return {
        ok: true,
        status: answer.status,
        headers: answer.headers ?? {},
        text: answer.text ?? '',
        complete: true,
      };
    } catch (error) {
      wrong.push(error);
      return { ok: false, failure: 'network', message: 'the fake vendor has found a fault' };
    }
  }

  async function send(mail: OutboundMail) {
    mails.push(mail);
    return mailServer(mail);
  }

  return {
    clock: createManualClock(NOW),
    http: { request },
    mail: { send },
    requests,
    mails,
    verify() {
      if (wrong.length > 0) throw wrong[0];
    },
  };
}

/** The JSON a request carries. */
export function bodyOf<Body = Record<string, never>>(request: OutboundRequest | undefined): Body {
  return JSON.parse(request?.body ?? 'null') as Body;
}
