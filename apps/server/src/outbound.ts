/** Where this process may connect to for people who enter addresses, as the operator's settings say. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AskOutside } from '@vaquita/api';
import { AppError } from '@vaquita/core';
import {
  chooseProxies,
  createGuard,
  createOutboundHttp,
  type OutboundSettings,
  proxyFromEnvironment,
} from '@vaquita/runtime/node/server';
import type { Environment, ServerSettings } from './settings.ts';

type GivenSettings = Pick<ServerSettings, 'outboundAllow' | 'outboundProxy' | 'outboundCertificates'>;

/** @param env where the proxies are named. @throws AppError `bad_settings` for what is none, with its name. */
export async function readOutbound(settings: GivenSettings, env: Environment): Promise<OutboundSettings> {
  const allow = settings.outboundAllow?.split(',') ?? [];
  const proxy = settings.outboundProxy ? proxyFromEnvironment(env) : null;
  // What is wrong stops the start, and not a thread later on.
  createGuard(allow);
  chooseProxies(proxy);
  return {
    ...{ allow, proxy },
    trust: settings.outboundCertificates === null ? [] : await readCertificates(settings.outboundCertificates),
  };
}

const ASK_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;
/** Of a request that only reads. */
const MAX_REDIRECTS = 3;

/** One request at a time for a person who waits for the answer. */
export function openAsk({ allow, proxy, trust }: OutboundSettings): AskOutside {
  const http = createOutboundHttp({ guard: createGuard(allow), proxyFor: chooseProxies(proxy), trust });
  const { signal } = new AbortController();
  return (request) =>
    http.request({
      ...request,
      ...{ timeoutMs: ASK_TIMEOUT_MS, maxAnswerBytes: MAX_ANSWER_BYTES, signal },
      maxRedirects: request.method === 'GET' ? MAX_REDIRECTS : 0,
    });
}

async function readCertificates(path: string): Promise<readonly string[]> {
  const wrong = (what: string, cause?: unknown) =>
    new AppError('bad_settings', `VAQUITA_OUTBOUND_CERTIFICATES names ${path}, ${what}.`, { cause });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw wrong(`which cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause);
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw wrong('which holds no certificate (PEM)');
  for (const [at, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw wrong(`whose certificate ${at + 1} is none`, cause);
    }
  }
  return certificates;
}
