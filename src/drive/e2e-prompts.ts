/** The prompts of an end-to-end run: a seeded plain random sample of a set's complete rows. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataError } from '../errors.ts';
import { createRandom, shuffle } from '../math/random.ts';
import { toPromptDigest } from '../outcomes/prompt-digest.ts';
import { toPromptKeyText } from '../outcomes/prompt.ts';
import { readPrompts } from '../outcomes/read.ts';
import { loadSetDefinition } from '../outcomes/set-definition.ts';
import { loadOutcomeSet, type OutcomeSet } from '../outcomes/set.ts';

/** The set that the lab plays. */
export const SET_ID = 'mix-fast-thinking';

export interface PromptSample {
  readonly setsFile: string;
  /** The sampled rows. */
  readonly set: OutcomeSet;
  /** Complete rows of the folder before anything was left out. */
  readonly completeRows: number;
  readonly leftOut: {
    /** Another prompt of the data has the same text, and a server that sees text only cannot tell which is meant. */
    readonly sameText: number;
    /** Tools are written as the data set wrote them, which is not what a client sends. */
    readonly tools: number;
  };
}

export interface SampleOptions {
  /** Folder with prompts and outcomes. */
  readonly folder: string;
  /** Null: sets.json in the folder or above it. */
  readonly setsFile: string | null;
  readonly limit: number;
  readonly seed: number;
}

const findSetsFile = (folder: string): string => {
  const places = [join(folder, 'sets.json'), join(dirname(folder), 'sets.json')];
  const found = places.find((file) => existsSync(file));
  if (found === undefined) {
    throw new DataError(`expected ${places.join(' or ')}, found neither. Name the file with --sets.`);
  }
  return found;
};

/** Keys of the prompts that are the first of their text in the folder: the ones that the lab grades. */
const firstOfText = async (folder: string): Promise<ReadonlySet<string>> => {
  const first = new Map<string, string>();
  for await (const prompt of readPrompts(folder)) {
    const digest = toPromptDigest(prompt.routable.prompt);
    if (!first.has(digest)) {
      first.set(digest, toPromptKeyText(prompt));
    }
  }
  return new Set(first.values());
};

/** Loads the set and draws from it. Throws DataError where the folder holds no row of the set. */
export const loadPromptSample = async ({ folder, setsFile, limit, seed }: SampleOptions): Promise<PromptSample> => {
  const file = setsFile ?? findSetsFile(folder);
  const definition = await loadSetDefinition({ file, set: SET_ID });
  const set = await loadOutcomeSet({ folders: [folder], definition });
  const first = await firstOfText(folder);
  const distinct = set.rows.filter(({ prompt }) => first.has(toPromptKeyText(prompt)));
  const plain = distinct.filter(({ prompt }) => prompt.routable.tools.length === 0);
  if (plain.length === 0) {
    throw new DataError(`${folder}: no prompt of set ${SET_ID} has a score of every component.`);
  }
  return {
    setsFile: file,
    set: { ...set, rows: shuffle(plain, createRandom(seed)).slice(0, limit) },
    completeRows: set.rows.length,
    leftOut: { sameText: set.rows.length - distinct.length, tools: distinct.length - plain.length },
  };
};
