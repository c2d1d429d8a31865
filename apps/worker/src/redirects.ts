/**
 * Where a worker lets itself be sent. Whoever it greets learns its token, so a redirect does not widen whom it trusts:
 *
 * D1 It goes to a server of its list, to another port of a machine of its list, or to a host that its operator has named.
 * D2 It never goes to less protection: what may be reached in plain text is only what its operator has written so, or
 *    what a server says that was reached so itself.
 */
import { socketUrl } from '@vaquita/protocol';

/** Hosts such as `vaquita-2.internal`, or `*.vaquita.internal` for all below; `any`: whoever sends the redirect is this very process. */
export type TrustedHosts = readonly string[] | 'any';

export type Followed = { readonly url: string } | { readonly why: string };

/** `from`: the worker socket that sends the redirect; `to`: what it says. */
export type FollowRedirect = (from: string, to: string) => Followed;

export function createRedirectRule(urls: readonly string[], trusted: TrustedHosts): FollowRedirect {
  const listed = urls.map((url) => new URL(url));

  function isTrusted({ protocol, hostname }: URL): boolean {
    if (trusted === 'any') return true;
    // D2: a machine that the list knows only by wss is not spoken to by ws.
    if (listed.some((one) => one.hostname === hostname && (one.protocol === protocol || protocol === 'wss:')))
      return true;
    return trusted.some((pattern) => fits(pattern, hostname));
  }

  return (from, to) => {
    const url = socketUrl(to);
    if (url === undefined) return { why: 'that is no address of a server' };
    if (urls.includes(url)) return { url };
    const target = new URL(url);
    if (target.protocol === 'ws:' && new URL(from).protocol === 'wss:') {
      return { why: 'it would be reached without TLS, and the token would be sent in plain text' };
    }
    if (isTrusted(target)) return { url };
    return { why: 'it is no server of --server, and its host is none of --trust-host' };
  };
}

/** What may stand in --trust-host. */
export const TRUSTED_HOST = /^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^\[[0-9A-Fa-f:.]+\]$/;

function fits(pattern: string, hostname: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted.startsWith('*.') ? hostname.endsWith(wanted.slice(1)) : hostname === wanted;
}
