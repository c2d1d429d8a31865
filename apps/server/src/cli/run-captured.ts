/** For tests: runs a command in this process, and keeps what it writes. */
import { runCli } from './cli.ts';
import type { CommandIo } from './command.ts';

interface CapturedIo extends Pick<CommandIo, 'cwd' | 'fetch' | 'signal'> {
  readonly token: string;
}

export async function runCaptured(argv: readonly string[], { token, ...io }: CapturedIo) {
  let out = '';
  let notes = '';
  const code = await runCli(
    argv,
    {
      ...io,
      env: { VAQUITA_SERVER_URL: 'http://vaquita.test', VAQUITA_TOKEN: token },
      print: (line) => {
        out += `${line}\n`;
      },
      write: (text) => {
        out += text;
      },
      note: (line) => {
        notes += `${line}\n`;
      },
    },
    '0.1.0',
  );
  return { code, out, notes };
}
