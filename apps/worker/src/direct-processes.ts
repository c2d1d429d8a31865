/** Processes as children of the agent itself: they do not outlive it. */
import { createOutputReader } from '@vaquita/core';
import { createProcessHost } from '@vaquita/runtime/node/worker';
import type { ProcessHost } from '@vaquita/tasks';

export function createDirectProcesses(): ProcessHost {
  const host = createProcessHost();
  return {
    async start({ outputs, onOutput, ...program }) {
      const reader = outputs === null ? null : createOutputReader(outputs);
      const running = await host.start({
        ...program,
        onOutput(stream, text) {
          onOutput(stream, text);
          if (stream === 'stdout') reader?.add(text);
          return undefined;
        },
      });
      const ended = running.ended.then((end) => ({ ...end, outputs: reader?.finish() ?? null, lost: null }));
      return { ...running, ended };
    },
  };
}
