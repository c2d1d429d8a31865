/** What has been sent of a log, as the next agent finds it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createOutputBuffer, type OutputBuffer, type OutputChunk } from './output-buffer.ts';
import { createSentOutput, readSent, type SentOutput } from './sent-output.ts';
import { type MemoryFile, memoryFile } from './testing/memory-file.ts';
import { silentLog } from './testing/test-agent.ts';

interface Agent {
  readonly buffer: OutputBuffer;
  readonly sent: SentOutput;
}

/** An agent on the file, before which there may have been others. */
function agentOn(file: MemoryFile): Agent {
  const noted = file.read();
  const buffer = createOutputBuffer(readSent(noted));
  return { buffer, sent: createSentOutput({ file, buffer, log: silentLog, name: 'd1', goesOn: noted !== null }) };
}

const send = ({ buffer, sent }: Agent) => buffer.take((chunk) => sent.note(chunk));

it('the next agent says the same at the same place, and goes on behind it', () => {
  const file = memoryFile();
  const first = agentOn(file);
  first.buffer.write('stdout', 'größer\n');
  first.buffer.write('system', 'warning\n');
  first.buffer.write('stderr', 'never sent\n');
  const sent = [send(first), send(first)];
  const next = agentOn(file);
  expect([send(next), send(next), send(next)]).toEqual([...sent, null]);
  expect(next.buffer.next).toEqual({ offset: 17, printed: 9 });
});

it('N2: a disk that takes nothing holds the log up; when there is room again nothing is missing, also for the next agent', () => {
  const file = memoryFile();
  const agent = agentOn(file);
  agent.buffer.write('stdout', 'first\n');
  expect(send(agent)).toMatchObject({ text: 'first\n' });
  file.room = 30;
  agent.buffer.write('stderr', 'second\n');
  expect(send(agent)).toBeNull();
  expect(send(agent)).toBeNull();
  expect(readSent(file.text).next).toEqual({ offset: 6, printed: 6 });
  file.room = Number.POSITIVE_INFINITY;
  expect(send(agent)).toMatchObject({ offset: 6, text: 'second\n' });
  const next = agentOn(file);
  expect([send(next), send(next)]).toMatchObject([{ text: 'first\n' }, { text: 'second\n' }]);
});

it('a torn last line was never sent, and harms nothing that is noted after it', () => {
  const file = memoryFile();
  const first = agentOn(file);
  first.buffer.write('stdout', 'sent\n');
  send(first);
  file.text += '{"stream":"stdout","off';
  const second = agentOn(file);
  second.buffer.write('stdout', 'more\n');
  send(second);
  send(second);
  const third = agentOn(file);
  expect([send(third), send(third), send(third)]).toMatchObject([{ text: 'sent\n' }, { text: 'more\n' }, null]);
});

it('what is acknowledged makes the file no longer', () => {
  const file = memoryFile();
  const agent = agentOn(file);
  const line = `${'x'.repeat(999)}\n`;
  for (let i = 0; i < 10_000; i++) {
    agent.buffer.write('stdout', line);
    send(agent);
    agent.buffer.acknowledged((i - 20) * line.length);
    agent.sent.acknowledged();
  }
  expect(file.text!.length).toBeLessThan(2_300_000);
  expect(agentOn(file).buffer.next).toEqual({ offset: 10_000_000, printed: 10_000_000 });
});

it.each(['{"stream":"stdout","offset":0}\n', 'null\n', '{"next":{"offset":"1"}}\n', '{\n'])(
  'a damaged line is told: %s',
  (text) => {
    expect(() => readSent(text)).toThrow();
  },
);

it('agents killed at any moment: one log, the same bytes at the same offsets', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('write' as const),
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
      text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }),
    }),
    fc.record({ do: fc.constant('send' as const) }),
    fc.record({ do: fc.constant('acknowledge' as const) }),
    fc.record({ do: fc.constant('kill' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const file = memoryFile();
      const log = new Map<number, string>();
      let printed: { stream: 'stdout' | 'stderr'; text: string }[] = [];
      let agent = agentOn(file);
      const store = (chunk: OutputChunk | null) => {
        if (chunk === null) return false;
        expect(log.get(chunk.offset) ?? chunk.text).toBe(chunk.text);
        log.set(chunk.offset, chunk.text);
        return true;
      };
      for (const one of steps) {
        if (one.do === 'write') {
          printed = [...printed, one];
          agent.buffer.write(one.stream, one.text);
        }
        if (one.do === 'send') store(send(agent));
        if (one.do === 'acknowledge') {
          agent.buffer.acknowledged(agent.buffer.next.offset);
          agent.sent.acknowledged();
        }
        if (one.do === 'kill') {
          agent = agentOn(file);
          // As the reader of the keeper's files does: from where the notes say.
          let at = 0;
          for (const { stream, text } of printed) {
            const known = Math.min(Buffer.byteLength(text), Math.max(0, agent.buffer.next.printed - at));
            agent.buffer.write(stream, Buffer.from(text).subarray(known).toString());
            at += Buffer.byteLength(text);
          }
        }
      }
      agent.buffer.rewind();
      while (store(send(agent)));
      const whole = [...log].sort(([a], [b]) => a - b).map(([, text]) => text);
      expect(whole.join('')).toBe(printed.map(({ text }) => text).join(''));
    }),
  );
});
