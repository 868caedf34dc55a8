/** The log: JSON lines on standard error, without prompts, answers or secrets. */
import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Nothing that a request carries is ever handed to the log as an object; these paths are a second net under the rule,
 * for errors of libraries that drag their request along.
 */
const CENSORED = [
  'authorization',
  'headers.authorization',
  'headers["x-api-key"]',
  '*.authorization',
  '*.headers',
  'error.request',
  'error.options',
];

export const createLogger = (level: LogLevel): Logger =>
  pino(
    { level, redact: { paths: CENSORED, censor: '[redacted]' }, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: false }),
  );
