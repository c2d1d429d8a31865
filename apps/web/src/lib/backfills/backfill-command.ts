/** A backfill as a command line, to copy. Pure. */
import type { BackfillRequest } from '@vaquita/client';
import { commandLine, type Option, serverOption } from '../definition/equivalent.ts';

export function asCommand(origin: string, request: BackfillRequest): string {
  const { project, workflow, order, parallelism, dependents, rerunSucceeded, description, start } = request;
  return commandLine(
    'backfill start',
    [`${project}/${workflow}`],
    [
      ...timesOf(request.times),
      ['--dependents', dependents || undefined],
      ['--newest', order === 'newest_first' || undefined],
      ['--parallelism', parallelism === undefined ? undefined : `${parallelism}`],
      ['--again', rerunSucceeded || undefined],
      ...Object.entries(start?.params ?? {}).map(([name, value]): Option => ['--param', `${name}=${value}`]),
      ['--priority', start?.priority],
      ['--description', description],
      serverOption(origin),
    ],
  );
}

function timesOf(times: BackfillRequest['times']): readonly Option[] {
  switch (times.kind) {
    case 'range':
      return [
        ['--from', times.from],
        ['--to', times.to],
        ['--every', times.every],
        ['--timezone', times.timezone],
      ];
    case 'list':
      return [...times.times.map((at): Option => ['--time', at]), ['--timezone', times.timezone]];
    default:
      return [
        ['--schedule', times.schedule],
        ['--gaps', times.only === 'gaps' || undefined],
        ['--from', times.from],
        ['--to', times.to],
      ];
  }
}
