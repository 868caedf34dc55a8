/** Audits logs: file by file, line by line, so that a log of any size takes the same memory. */
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Catalog } from '../catalog/model.ts';
import { DataError } from '../errors.ts';
import { unread as toUnread, type LogReader, type ReadLine } from './audited-call.ts';
import { createBill, type Bill } from './bill.ts';
import { createLogReader, detectFormat, type AuditFormat } from './format.ts';

/** A JSON array is read whole; an export beyond this should be JSON Lines. */
export const MAX_ARRAY_BYTES = 512 * 1024 * 1024;

const ENDINGS = /\.(?:jsonl|ndjson|json)(?:\.gz)?$/;

export interface AuditOptions {
  /** A file, or a folder whose log files are read, its subfolders' too. */
  readonly path: string;
  readonly format: AuditFormat | 'auto';
  readonly catalog: Catalog;
  readonly signal: AbortSignal;
  /** Told after every file. */
  readonly onFile: (file: string, done: number, of: number) => void;
}

export interface Audit {
  readonly bill: Bill;
  readonly files: number;
  readonly lines: number;
  readonly formats: ReadonlyMap<AuditFormat, number>;
  /** Lines that could not be read, by reason. */
  readonly unread: ReadonlyMap<string, number>;
  /** Files that could not be read to their end, with the reason. What stood before it is counted. */
  readonly unreadFiles: ReadonlyMap<string, string>;
}

const listFiles = async (path: string): Promise<readonly string[]> => {
  const found = await stat(path).catch((error: unknown) => {
    throw new DataError(`${path}: expected a file or folder with logs, found none.`, { cause: error });
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && ENDINGS.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
  if (files.length === 0)
    throw new DataError(`${path}: expected files that end in .jsonl, .ndjson or .json, found none.`);
  return withoutRepeats(files.toSorted());
};

/** Links are followed, and one to a parent leads to every file again and again: a bill of forty times as much. */
const withoutRepeats = async (files: readonly string[]): Promise<readonly string[]> => {
  const real = await Promise.all(files.map((file) => realpath(file)));
  return files.filter((_, index) => real.indexOf(real[index] ?? '') === index);
};

const isArrayFile = async (file: string): Promise<boolean> => {
  if (!file.endsWith('.json')) return false;
  for await (const chunk of createReadStream(file, { encoding: 'utf8', end: 1_023 }))
    return String(chunk).trimStart().startsWith('[');
  return false;
};

/** Without a byte order mark, which some systems put before every text. */
const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

async function* readArray(file: string): AsyncGenerator {
  const { size } = await stat(file);
  if (size > MAX_ARRAY_BYTES)
    throw new DataError(`a JSON array of ${size} bytes is too large; export it as JSON Lines`);
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(await readFile(file, 'utf8')));
  } catch (error) {
    throw new DataError(`expected a JSON array: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
  if (Array.isArray(value)) yield* value as readonly unknown[];
}

/** Stands for a line that is no JSON. */
const BROKEN = Symbol('broken line');

async function* readLines(file: string): AsyncGenerator {
  const bytes = createReadStream(file);
  // A pipeline hands on what breaks in front of the lines, and the loop throws it: the callback has nothing to add.
  const input = file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => {}) : bytes;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    try {
      yield JSON.parse(withoutMark(line));
    } catch {
      // Counted by the caller: one broken line, such as the last of a running program, is no reason to stop.
      yield BROKEN;
    }
  }
}

const readLine = (value: unknown, reader: LogReader | null): ReadLine => {
  if (value === BROKEN) return toUnread('the line is no JSON');
  return reader === null ? toUnread('the line is of no known format') : reader.read(value);
};

/** Reads everything that can be read; what cannot is counted with its reason. Throws DataError without any log. */
export const runAudit = async ({ path, format, catalog, signal, onFile }: AuditOptions): Promise<Audit> => {
  const builder = createBill(catalog);
  const formats = new Map<AuditFormat, number>();
  const unread = new Map<string, number>();
  const unreadFiles = new Map<string, string>();
  const files = await listFiles(path);
  let lines = 0;
  const miss = (reason: string): void => void unread.set(reason, (unread.get(reason) ?? 0) + 1);

  const use = (found: AuditFormat): LogReader => {
    formats.set(found, (formats.get(found) ?? 0) + 1);
    return createLogReader(found);
  };

  /** What kept it from being read to its end; null: nothing. */
  const readFileLines = async (file: string): Promise<string | null> => {
    let reader = format === 'auto' ? null : use(format);
    let reason: string | null = null;
    try {
      for await (const value of (await isArrayFile(file)) ? readArray(file) : readLines(file)) {
        signal.throwIfAborted();
        lines += 1;
        const found = reader === null ? detectFormat(value) : null;
        if (found !== null) reader = use(found);
        const line = readLine(value, reader);
        if (line.type === 'unread') miss(line.reason);
        else if (line.type === 'calls') line.calls.forEach(builder.add);
      }
    } catch (error) {
      signal.throwIfAborted();
      reason = error instanceof Error ? error.message : String(error);
    }
    reader?.end().forEach(builder.add);
    return reason;
  };

  for (const [done, file] of files.entries()) {
    const reason = await readFileLines(file);
    if (reason !== null) unreadFiles.set(file, reason);
    if (reason !== null && files.length === 1) throw new DataError(`${file}: cannot be read to its end: ${reason}`);
    onFile(file, done + 1, files.length);
  }
  return { bill: builder.bill(), files: files.length, lines, formats, unread, unreadFiles };
};
