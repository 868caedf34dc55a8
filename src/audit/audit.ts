/** Audits logs: file by file, line by line, so that a log of any size takes the same memory. */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Catalog } from '../catalog/model.ts';
import { DataError } from '../errors.ts';
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
  return files.toSorted();
};

const isArrayFile = async (file: string): Promise<boolean> => {
  if (!file.endsWith('.json')) return false;
  for await (const chunk of createReadStream(file, { encoding: 'utf8', end: 1_023 }))
    return String(chunk).trimStart().startsWith('[');
  return false;
};

async function* readArray(file: string): AsyncGenerator {
  const { size } = await stat(file);
  if (size > MAX_ARRAY_BYTES)
    throw new DataError(`${file}: a JSON array of ${size} bytes is too large; export it as JSON Lines.`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new DataError(`${file}: expected a JSON array: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
  if (Array.isArray(value)) yield* value as readonly unknown[];
}

/** Stands for a line that is no JSON. */
const BROKEN = Symbol('broken line');

async function* readLines(file: string): AsyncGenerator {
  const bytes = createReadStream(file);
  const input = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  let failure: Error | null = null;
  const fail = (error: Error): void => {
    failure = error;
    input.destroy();
  };
  bytes.on('error', fail);
  input.on('error', fail);
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    try {
      yield JSON.parse(line);
    } catch {
      // Counted by the caller: one broken line, such as the last of a running program, is no reason to stop.
      yield BROKEN;
    }
  }
  if (failure !== null) throw new DataError(`${file}: cannot be read: ${(failure as Error).message}`);
}

/** Reads everything that can be read; what cannot is counted with its reason. Throws DataError without any log. */
export const runAudit = async ({ path, format, catalog, signal, onFile }: AuditOptions): Promise<Audit> => {
  const builder = createBill(catalog);
  const formats = new Map<AuditFormat, number>();
  const unread = new Map<string, number>();
  const files = await listFiles(path);
  let lines = 0;
  const miss = (reason: string): void => void unread.set(reason, (unread.get(reason) ?? 0) + 1);

  const readFileLines = async (file: string): Promise<void> => {
    let reader = format === 'auto' ? null : createLogReader(format);
    if (format !== 'auto') formats.set(format, (formats.get(format) ?? 0) + 1);
    for await (const value of (await isArrayFile(file)) ? readArray(file) : readLines(file)) {
      signal.throwIfAborted();
      lines += 1;
      if (reader === null) {
        const found = detectFormat(value);
        if (found !== null) {
          reader = createLogReader(found);
          formats.set(found, (formats.get(found) ?? 0) + 1);
        }
      }
      const line =
        value === BROKEN
          ? 'the line is no JSON'
          : reader === null
            ? 'the line is of no known format'
            : reader.read(value);
      if (typeof line === 'string') miss(line);
      else if (line.type === 'unread') miss(line.reason);
      else if (line.type === 'calls') line.calls.forEach(builder.add);
    }
    reader?.end().forEach(builder.add);
  };

  for (const [done, file] of files.entries()) {
    await readFileLines(file);
    onFile(file, done + 1, files.length);
  }
  return { bill: builder.bill(), files: files.length, lines, formats, unread };
};
