import { describe, expect, it } from 'vitest';
import { COMMANDS } from './cli.ts';
import { parseCommandLine, UsageError } from './command.ts';
import { commandHelp, overviewHelp } from './help.ts';
import { parseAssignments, parseRunName, parseWorkflowName } from './names.ts';

const parse = (...argv: string[]) => parseCommandLine(argv, COMMANDS);

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UsageError);
    return (thrown as UsageError).message;
  }
  throw new Error('the command line was accepted');
}

describe('parseCommandLine', () => {
  it('reads arguments and options in any order', () => {
    const line = parse('run', '--param', 'a=1', 'etl/daily', '--follow', '--param=b=2');
    expect(line).toMatchObject({
      kind: 'run',
      input: { args: ['etl/daily'], options: { param: ['a=1', 'b=2'], follow: true } },
    });
  });

  it('reads commands of two words', () => {
    const line = parse('worker-token', 'create', '--name', 'rack');
    expect(line.kind === 'run' && line.command.name).toBe('worker-token create');
  });

  it('takes any number of further arguments where a command says so', () => {
    expect(parse('runs', 'stop', 'a', 'b', '--yes')).toMatchObject({
      kind: 'run',
      command: { name: 'runs stop' },
      input: { args: ['a', 'b'], options: { yes: true } },
    });
    expect(messageOf(() => parse('tasks', 'kill'))).toContain('is missing');
    expect(messageOf(() => parse('runs', 'stpo'))).toContain('"stop"');
  });

  it('asks for what is missing', () => {
    expect(messageOf(() => parse('run'))).toBe('<project/workflow> is missing.');
    expect(messageOf(() => parse('apply', '-f', 'x'))).toBe('--project is missing.');
    expect(messageOf(() => parse('apply', '-p', 'x', '-f'))).toContain('argument missing');
  });

  it('guesses what was meant', () => {
    expect(messageOf(() => parse('aply'))).toContain('"apply"');
    expect(messageOf(() => parse('run', 'a/b', '--folow'))).toContain('"follow"');
    expect(messageOf(() => parse('worker-token', 'revok'))).toContain('"revoke"');
    expect(messageOf(() => parse('worker-token'))).toContain('create, list, revoke');
  });

  it('refuses what is too much', () => {
    expect(messageOf(() => parse('run', 'a/b', 'c'))).toContain('"c"');
  });

  it('shows help instead of running, wherever it is asked for', () => {
    for (const argv of [
      ['run', '--help'],
      ['run', 'a/b', '-h'],
      ['help', 'run'],
    ]) {
      expect(parse(...argv)).toMatchObject({ kind: 'help', command: { name: 'run' } });
    }
    expect(parse()).toEqual({ kind: 'help', command: undefined });
  });
});

describe('help', () => {
  it('names every command and every option', () => {
    const overview = overviewHelp(COMMANDS);
    for (const command of COMMANDS) {
      expect(overview).toContain(command.name);
      const help = commandHelp(command);
      for (const option of Object.keys(command.options)) expect(help).toContain(`--${option}`);
      for (const example of command.examples) expect(help).toContain(example);
    }
  });
});

describe('names', () => {
  it('reads workflow and run names', () => {
    expect(parseWorkflowName('etl/daily report')).toEqual({ project: 'etl', workflow: 'daily report' });
    expect(parseRunName('etl/daily#12')).toEqual({ project: 'etl', workflow: 'daily', number: 12 });
    expect(parseRunName('06f3abc')).toBeUndefined();
    expect(messageOf(() => parseWorkflowName('etl'))).toContain('<project>/<workflow>');
  });

  it('keeps equals signs in values and refuses repeated names', () => {
    expect(parseAssignments(['q=a=b', 'empty='])).toEqual({ q: 'a=b', empty: '' });
    expect(messageOf(() => parseAssignments(['novalue']))).toContain('name=value');
    expect(messageOf(() => parseAssignments(['a=1', 'a=2']))).toContain('twice');
  });
});
