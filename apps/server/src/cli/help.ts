/** The help texts, made from the table of commands. */
import type { Command, OptionSpec } from './command.ts';

export function overviewHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'vaquita: a distributed workflow scheduler',
    '',
    'Usage: vaquita <command> [options]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'The commands that talk to a server find it by --server and --token, by VAQUITA_SERVER_URL and VAQUITA_TOKEN,',
    'or by the data folder of a server on this machine.',
    '',
    'Run "vaquita <command> --help" for the options of a command.',
  ].join('\n');
}

export function commandHelp(command: Command): string {
  const options = Object.entries(command.options);
  const lines = [
    command.summary,
    '',
    `Usage: vaquita ${usage(command)}`,
    ...section(
      'Options',
      options.map(([name, spec]) => [optionName(name, spec), spec.help] as const),
    ),
  ];
  if (command.examples.length > 0) lines.push('', 'Examples:', ...command.examples.map((one) => `  ${one}`));
  return lines.join('\n');
}

export function usage({ name, args, more, options }: Command): string {
  const required = Object.entries(options).filter(([, spec]) => spec.required);
  return [
    name,
    ...args.map((arg) => `<${arg}>`),
    ...(more === undefined ? [] : [`[${more} …]`]),
    ...required.map(([option, spec]) => optionName(option, { ...spec, short: '' })),
    ...(required.length < Object.keys(options).length ? ['[options]'] : []),
  ].join(' ');
}

function optionName(name: string, { type, short, value }: OptionSpec): string {
  return `${short ? `-${short}, ` : ''}--${name}${type === 'string' ? ` <${value ?? 'text'}>` : ''}`;
}

function section(title: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([left]) => left.length));
  return ['', `${title}:`, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)];
}
