/** Instructions: the prompt addition of a component, read from a file of its own so that it can be versioned. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Instructions } from '../catalog/component.ts';
import type { BuildContext } from './context.ts';
import { shortHash } from './fingerprint.ts';

/** Largest instructions file: it is sent, and paid for, with every call. */
export const MAX_INSTRUCTIONS_BYTES = 64 * 1024;

/** Null, and a problem, when the file is missing, too large or blank. */
export const loadInstructions = async (
  component: string,
  path: string,
  { folder, report }: BuildContext,
): Promise<Instructions | null> => {
  const file = resolve(folder, path);
  const refuse = (expected: string, given: string, fix: string): null => {
    report({
      code: 'instructions',
      severity: 'error',
      path: ['components', component, 'instructions'],
      expected,
      given,
      fix,
    });
    return null;
  };
  const information = await stat(file).catch(() => null);
  if (information === null || !information.isFile())
    return refuse(
      'a text file',
      `${path}, which is not there`,
      `create ${file} or correct the path, which starts from the configuration's folder`,
    );
  if (information.size > MAX_INSTRUCTIONS_BYTES)
    return refuse(
      `at most ${MAX_INSTRUCTIONS_BYTES} bytes`,
      `${information.size} bytes`,
      'shorten it: it is sent with every call',
    );
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return refuse('a readable file', `${path}, which cannot be read`, 'correct its permissions');
  if (text.trim() === '') return refuse('a text', 'an empty file', 'write the instructions or remove the field');
  // The path as written: an absolute one would give the same component another hash on every machine.
  return { text, hash: shortHash(text), path };
};
