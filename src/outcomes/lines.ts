/** Lines of a JSON Lines file, plain or gzipped, streamed. */
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError } from '../errors.ts';

/** Longest line that is read; a longer one means that the file is not JSON Lines. */
export const MAX_LINE_CHARS = 16 * 1024 * 1024;

export interface JsonLine {
  readonly file: string;
  /** Counted from 1. */
  readonly number: number;
  readonly value: unknown;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const exists = async (file: string): Promise<boolean> => {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
};

/**
 * The path of `<name>.jsonl` or `<name>.jsonl.gz` in a folder; the plain file wins where both stand.
 * Throws `DataError` where neither does.
 */
export const findJsonLines = async (folder: string, name: string): Promise<string> => {
  const plain = join(folder, `${name}.jsonl`);
  if (await exists(plain)) {
    return plain;
  }
  if (await exists(`${plain}.gz`)) {
    return `${plain}.gz`;
  }
  throw new DataError(
    `${folder}: expected ${name}.jsonl or ${name}.jsonl.gz, found neither. Give the folder that holds it.`,
  );
};

async function* readText(file: string): AsyncIterable<string> {
  const bytes = createReadStream(file);
  // `pipeline` hands a failure of the file on to the gunzip stream; plain `pipe` would leave the reader waiting.
  const stream = file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => {}) : bytes;
  stream.setEncoding('utf8');
  try {
    for await (const chunk of stream) {
      yield String(chunk);
    }
  } catch (error) {
    throw new DataError(`${file}: cannot be read: ${messageOf(error)}`, { cause: error });
  } finally {
    // A reader that stops early must not leave the file open.
    bytes.destroy();
  }
}

const parseLine = (file: string, number: number, text: string): JsonLine => {
  try {
    return { file, number, value: JSON.parse(text) };
  } catch (error) {
    throw new DataError(`${file}:${number}: expected one JSON object a line: ${messageOf(error)}`, { cause: error });
  }
};

/** Every non-empty line of a JSON Lines file, parsed. Throws `DataError` naming file and line. */
export async function* readJsonLines(file: string): AsyncIterable<JsonLine> {
  let rest = '';
  let number = 0;
  for await (const chunk of readText(file)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      if (line.trim() !== '') {
        yield parseLine(file, number, line);
      }
    }
    if (rest.length > MAX_LINE_CHARS) {
      throw new DataError(`${file}:${number + 1}: line is longer than ${MAX_LINE_CHARS} characters.`);
    }
  }
  if (rest.trim() !== '') {
    yield parseLine(file, number + 1, rest);
  }
}
