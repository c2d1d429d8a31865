/** A backfill as a command line, to copy. Pure. */
import type { BackfillRequest } from '@vaquita/client';
import { isThisMachine, shellWord } from '../definition/equivalent.ts';

/** On the server's own machine the command finds its server by itself; from elsewhere it is told which. */
export function asCommand(origin: string, request: BackfillRequest): string {
  const { project, workflow, order, parallelism, dependents, rerunSucceeded, description, start } = request;
  const options: (readonly [string, string | undefined | true])[] = [
    ...timesOf(request.times),
    ['--dependents', dependents || undefined],
    ['--newest', order === 'newest_first' || undefined],
    ['--parallelism', parallelism === undefined ? undefined : `${parallelism}`],
    ['--again', rerunSucceeded || undefined],
    ...Object.entries(start?.params ?? {}).map(([name, value]) => ['--param', `${name}=${value}`] as const),
    ['--priority', start?.priority],
    ['--description', description],
    ['--server', isThisMachine(origin) ? undefined : origin],
  ];
  const words = options.flatMap(([option, value]) =>
    value === undefined ? [] : value === true ? [option] : [option, shellWord(value)],
  );
  return ['npx vaquita backfill start', shellWord(`${project}/${workflow}`), ...words].join(' ');
}

function timesOf(times: BackfillRequest['times']): (readonly [string, string | undefined | true])[] {
  switch (times.kind) {
    case 'range':
      return [
        ['--from', times.from],
        ['--to', times.to],
        ['--every', times.every],
        ['--timezone', times.timezone],
      ];
    case 'list':
      return [...times.times.map((at) => ['--time', at] as const), ['--timezone', times.timezone]];
    default:
      return [
        ['--schedule', times.schedule],
        ['--gaps', times.only === 'gaps' || undefined],
        ['--from', times.from],
        ['--to', times.to],
      ];
  }
}
