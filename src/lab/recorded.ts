/** The player of recorded bytes: real replies of providers, served as models named `recorded/<provider>/<file>`. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../errors.ts';
import type { LabEvent } from './event.ts';
import type { LabProtocol } from './script.ts';

const STREAM_ENDING = '.chunks.txt';
const WHOLE_ENDING = '.json';
const PREFIX = 'recorded/';

export interface Recording {
  /** One upstream event a line. */
  readonly streamFile: string | null;
  readonly wholeFile: string | null;
}

/** Model name → files. A whole answer and a stream of one name are one model. */
export type Recordings = ReadonlyMap<string, Recording>;

const baseOf = (file: string): string | null => {
  const ending = [STREAM_ENDING, WHOLE_ENDING].find((candidate) => file.endsWith(candidate));
  return ending === undefined ? null : file.slice(0, -ending.length);
};

/** Lists the recordings of a folder with one subfolder for each provider; reads none of them yet. */
export const loadRecordings = async (folder: string): Promise<Recordings> => {
  const found = new Map<string, Recording>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new DataError(`${folder}: cannot be listed as a folder of recordings.`, { cause: error });
  });
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const base = baseOf(path.slice(join(folder, '/').length).replaceAll('\\', '/'));
    if (base !== null) {
      const known = found.get(PREFIX + base) ?? { streamFile: null, wholeFile: null };
      const isStream = path.endsWith(STREAM_ENDING);
      found.set(PREFIX + base, { ...known, ...(isStream ? { streamFile: path } : { wholeFile: path }) });
    }
  }
  return found;
};

const eventName = (line: string): string => {
  const value: unknown = JSON.parse(line);
  const type: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : null;
  return typeof type === 'string' ? `event: ${type}\n` : '';
};

/** A recorded stream as events: the recorded text itself, framed as the protocol frames it. */
export const loadRecordedEvents = async (file: string, protocol: LabProtocol): Promise<readonly LabEvent[]> => {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const isChat = protocol === 'openai-chat';
  const events = lines.map((line) => ({ text: `${isChat ? '' : eventName(line)}data: ${line}\n\n`, tokens: 1 }));
  return isChat ? [...events, { text: 'data: [DONE]\n\n', tokens: 0 }] : events;
};

export interface RecordedBody {
  readonly body: Buffer;
  /** 400 where the recording is an error object, since its status was not recorded; else 200. */
  readonly status: number;
}

/** A recorded whole answer, byte for byte. */
export const loadRecordedBody = async (file: string): Promise<RecordedBody> => {
  const body = await readFile(file);
  const value: unknown = JSON.parse(body.toString('utf8'));
  const error: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'error') : null;
  return { body, status: typeof error === 'object' && error !== null ? 400 : 200 };
};
