/** `projects …`: the parameters that the workflows of a project share. */
import type { ProjectParamInput } from '@vaquita/client';
import { AppError, didYouMean } from '@vaquita/core';
import { type Command, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';
import { parseAssignments } from '../names.ts';

const paramsCommand: Command = {
  name: 'projects params',
  summary: 'List the parameters of a project',
  args: ['project'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita projects params etl'],
  async run({ args, options }, io) {
    const { params } = await connect(options, io).projects.get(args[0]!);
    const rows = params.map(({ name, type, value, description }) => [name, type, value, description ?? '']);
    for (const line of table(['NAME', 'TYPE', 'VALUE', 'DESCRIPTION'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const setParamCommand: Command = {
  name: 'projects set-param',
  summary: 'Set a parameter of a project, which all its workflows can read',
  args: ['project', 'name=value'],
  options: {
    type: { type: 'string', value: 'type', help: 'Such as integer, date, json; default: as it is, else string' },
    description: { type: 'string', value: 'text', help: 'What it is for' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita projects set-param etl bucket=orders', 'vaquita projects set-param etl limit=500 --type integer'],
  async run({ args, options }, io) {
    const [[name, value] = ['', '']] = Object.entries(parseAssignments([args[1]!], 'The parameter'));
    const { projects } = connect(options, io);
    const { params } = await projects.get(args[0]!);
    const known = params.find((param) => param.name === name);
    // The server checks the type; it names the ones it knows.
    const changed = {
      ...known,
      name,
      value,
      ...(options.type === undefined ? {} : { type: String(options.type) }),
      ...(options.description === undefined ? {} : { description: String(options.description) }),
    } as ProjectParamInput;
    const all = known ? params.map((param) => (param === known ? changed : param)) : [...params, changed];
    await projects.update(args[0]!, { params: all });
    io.print(`${known ? 'changed' : 'added'} ${args[0]} ${name}=${value}`);
    return EXIT.ok;
  },
};

const unsetParamCommand: Command = {
  name: 'projects unset-param',
  summary: 'Remove a parameter of a project',
  args: ['project', 'name'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita projects unset-param etl bucket'],
  async run({ args, options }, io) {
    const { projects } = connect(options, io);
    const { params } = await projects.get(args[0]!);
    const rest = params.filter((param) => param.name !== args[1]);
    if (rest.length === params.length) {
      const names = params.map((param) => param.name);
      throw new AppError('not_found', `The project has no parameter "${args[1]}".${didYouMean(args[1]!, names)}`);
    }
    await projects.update(args[0]!, { params: rest });
    io.print(`removed ${args[0]} ${args[1]}`);
    return EXIT.ok;
  },
};

export const projectCommands: readonly Command[] = [paramsCommand, setParamCommand, unsetParamCommand];
