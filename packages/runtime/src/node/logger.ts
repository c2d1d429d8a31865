/** The server's own log: a line a message on stderr, plain to read and to grep. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A logger that may be told to say more or less while it is in use. */
export interface AdjustableLogger extends Logger {
  /** Null: as it was made. */
  setLevel(level: LogLevel | null): void;
}

export function createLogger(
  least: LogLevel,
  write: (line: string) => void = (line) => process.stderr.write(line),
): AdjustableLogger {
  let rank = LOG_LEVELS.indexOf(least);

  function at(level: LogLevel) {
    return (message: string, fields: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(level) < rank) return;
      write(`${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${message}${fieldText(fields)}\n`);
    };
  }

  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel(level) {
      rank = LOG_LEVELS.indexOf(level ?? least);
    },
  };
}

function fieldText(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${valueText(value)}`)
    .join('');
}

function valueText(value: unknown): string {
  if (value instanceof Error) return quoted(value.stack ?? value.message);
  if (typeof value === 'string') return quoted(value);
  return JSON.stringify(value) ?? String(value);
}

function quoted(text: string): string {
  return /^[\w.:/@#-]+$/.test(text) ? text : JSON.stringify(text);
}
