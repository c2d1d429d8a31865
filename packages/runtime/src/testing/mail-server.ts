/** A real SMTP server on a free port that keeps what it is sent and ends with the test. */
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

export interface KeptMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly encrypted: boolean;
  readonly user: string | null;
  /** As it came, headers and all. */
  readonly raw: string;
}

export async function serveMail(options: SMTPServerOptions): Promise<{ port: number; kept: readonly KeptMail[] }> {
  const kept: KeptMail[] = [];
  const server = new SMTPServer({
    onAuth: ({ username, password }, _session, done) =>
      password === 'right-password' ? done(null, { user: username }) : done(new Error('Wrong user or password')),
    async onData(stream, session, done) {
      const raw = await text(stream);
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom ? mailFrom.address : '';
      const user = typeof session.user === 'string' ? session.user : null;
      kept.push({ from, to: rcptTo.map(({ address }) => address), encrypted: session.secure, user, raw });
      done(null, 'taken as 7');
    },
    ...options,
    logger: false,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, kept };
}
