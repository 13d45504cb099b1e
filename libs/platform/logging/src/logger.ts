import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { describeError } from './describe-error.js';

export interface LogOptions {
  level: string;
  format: 'json' | 'pretty';
}

/** Names of fields whose values never reach a log, wherever a line nests them. */
const SECRET_FIELDS = [
  'token',
  'authorization',
  'cookie',
  'password',
  'secret',
  'message',
  'content',
  'device_token',
];
const REDACTED_PATHS = SECRET_FIELDS.flatMap((name) => [
  `body.${name}`,
  `payload.${name}`,
  `headers.${name}`,
  `data.${name}`,
]);

/** Lines go to standard output, or where told. */
export function createLogger(options: LogOptions, destination?: DestinationStream): PinoLogger {
  const settings: LoggerOptions = {
    level: options.level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    serializers: { err: describeError },
    ...(options.format === 'pretty'
      ? {
          transport: {
            target: 'pino-pretty',
            options: {
              colorize: process.stdout.isTTY ?? false,
              translateTime: 'SYS:HH:MM:ss.l',
              ignore: 'context',
              messageFormat: '{if context}{context}: {end}{msg}',
            },
          },
        }
      : {}),
  };
  return destination ? pino(settings, destination) : pino(settings);
}

/** Nest's own account of its start: for those who look for it. */
const QUIET_CONTEXTS = new Set([
  'InstanceLoader',
  'WebSocketsController',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

const LEVELS = {
  log: 'info',
  warn: 'warn',
  error: 'error',
  debug: 'debug',
  verbose: 'trace',
  fatal: 'fatal',
} as const;

/** Nest's logger on pino: `logger.error({ err, room }, 'sentence')` or `logger.log('sentence')`. */
export class NestLogger implements LoggerService {
  constructor(readonly pino: PinoLogger) {}

  log = this.at('log');
  warn = this.at('warn');
  error = this.at('error');
  debug = this.at('debug');
  verbose = this.at('verbose');
  fatal = this.at('fatal');

  private at(name: keyof typeof LEVELS) {
    return (first: unknown, ...rest: unknown[]): void => {
      // Nest appends the logger's context as the last argument.
      const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
      const level = name === 'log' && QUIET_CONTEXTS.has(context ?? '') ? 'debug' : LEVELS[name];
      const sentence = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
      if (typeof first === 'object' && first !== null) {
        this.pino[level]({ ...(first instanceof Error ? { err: first } : first), context }, sentence);
      } else {
        this.pino[level]({ context, ...(sentence ? { stack: sentence } : {}) }, String(first));
      }
    };
  }
}
