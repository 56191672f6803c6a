/**
 * The log: JSON lines on stderr. It never holds bodies, passwords or full identities; who is meant is told apart by a salted hash.
 * What is worth a line is decided where it happens.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import { logBufferBytesMax } from './limit.ts';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export type LogOptions = {
  readonly level: LogLevel;
  /** Where lines go; stderr if absent. */
  readonly stream?: DestinationStream;
};

/** Names of fields that no line may show, at the top and one level down. */
const secretFields = ['body', 'bytes', 'password', 'authorization', 'adminToken', 'token'];

/** The logger of a process. */
export function createLog(options: LogOptions): Logger {
  const stream =
    options.stream ?? destination({ dest: 2, sync: false, maxLength: logBufferBytesMax });
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`]), remove: true },
    },
    stream,
  );
}

export type MaskOptions = {
  /** Show identities as they are. */
  readonly identities: boolean;
  /** The same salt gives the same hashes; without one they hold for this run of the process. */
  readonly salt?: Uint8Array;
};

/** What shortens a URI to something that tells users apart and doesn't tell who they are. */
export function createMask(options: MaskOptions): (uri: string) => string {
  if (options.identities) return (uri) => uri;
  const salt = options.salt ?? randomBytes(16);
  return (uri) => {
    const digest = createHash('sha256').update(salt).update(bareUri(uri)).digest('hex');
    return `user-${digest.slice(0, 10)}`;
  };
}

/** So that a user has one mask, with or without angle brackets, parameters and capitals. */
function bareUri(uri: string): string {
  const bare = /(?:sips?|tel):[^;>?\s]+/i.exec(uri);
  return (bare?.[0] ?? uri).toLowerCase();
}
