/**
 * Changes to a prompt's text that change nothing it asks for. A router that sends the changed text elsewhere looked at
 * something that it should not. Pure and seeded: the same text and seed give the same change.
 */
import type { Random } from '../math/random.ts';

export type Perturb = (text: string, random: Random) => string;

/** Share of the characters that a typing slip hits. */
export const TYPO_SHARE = 0.01;

/** Neighbours of each key on a QWERTY keyboard, in its own row. */
const ROWS: readonly string[] = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

const neighboursOf = (letter: string): readonly string[] => {
  const row = ROWS.find((keys) => keys.includes(letter)) ?? '';
  const at = row.indexOf(letter);
  return at < 0 ? [] : Array.from(row).filter((_, index) => Math.abs(index - at) === 1);
};

const LETTER = /\p{L}/u;

const isUpperCase = (letter: string): boolean => letter !== letter.toLowerCase();

/** The key beside it, in the same case; a letter that no Latin keyboard has stands twice instead. */
const replace = (letter: string, random: Random): string => {
  const keys = neighboursOf(letter.toLowerCase());
  const key = keys[random.integer(Math.max(1, keys.length))] ?? letter + letter;
  return isUpperCase(letter) ? key.toUpperCase() : key;
};

const SLIPS = ['swap', 'drop', 'double', 'replace'] as const;

/** Applies a slip at a letter of `characters`, in place. A swap needs a letter after it and else doubles. */
const slip = (characters: string[], at: number, random: Random): void => {
  const letter = characters[at] ?? '';
  const next = characters[at + 1] ?? '';
  const kind = SLIPS[random.integer(SLIPS.length)];
  if (kind === 'drop') {
    characters[at] = '';
  } else if (kind === 'replace') {
    characters[at] = replace(letter, random);
  } else if (kind === 'swap' && LETTER.test(next) && next !== letter) {
    [characters[at], characters[at + 1]] = [next, letter];
  } else {
    characters[at] = letter + letter;
  }
};

/**
 * Typing slips at 1 % of the characters, at least one, at letters only: a changed digit or sign may change the task. A
 * text without letters stays as it is.
 */
export const withTypos: Perturb = (text, random) => {
  const characters = Array.from(text);
  const letters = [...characters.keys()].filter((at) => LETTER.test(characters[at] ?? ''));
  if (letters.length === 0) {
    return text;
  }
  const count = Math.max(1, Math.round(characters.length * TYPO_SHARE));
  const hit = new Set<number>();
  while (hit.size < Math.min(count, letters.length)) {
    hit.add(letters[random.integer(letters.length)] ?? 0);
  }
  // In the order of the text, not of the drawing: no slip undoes another.
  for (const at of [...hit].sort((one, other) => one - other)) {
    slip(characters, at, random);
  }
  return characters.join('');
};

export const inLowerCase: Perturb = (text) => text.toLowerCase();

export const inUpperCase: Perturb = (text) => text.toUpperCase();

/**
 * Blanks between words doubled or made a tab, two times in three, and blanks at line ends and at the end. Line breaks
 * and indents stay: in code they are part of the task.
 */
export const withBlanks: Perturb = (text, random) => {
  const widened = text.replace(/(?<=\S) (?=\S)/g, () => [' ', '  ', '\t'][random.integer(3)] ?? ' ');
  return `${widened.replace(/\n/g, ' \n')}  `;
};

const OPENINGS: readonly string[] = [
  'Hello there!',
  'Good morning, I hope you are well.',
  'Hi, thanks for taking the time.',
  'Hey, quick one for you.',
  'Greetings! I was told that you could help me with this.',
  'Hope your day is going fine so far.',
];

const CLOSINGS: readonly string[] = [
  'Thanks a lot in advance!',
  'Many thanks and kind regards.',
  'I really appreciate your help with this.',
  'Cheers, and have a nice day!',
  'Thank you so much, you are a great help.',
  'Looking forward to what you say.',
];

const drawn = (sentences: readonly string[], random: Random): string =>
  sentences[random.integer(sentences.length)] ?? '';

/** A greeting before and thanks after, as people write them. */
export const withFiller: Perturb = (text, random) => `${drawn(OPENINGS, random)} ${text}\n\n${drawn(CLOSINGS, random)}`;

export interface Perturbation {
  readonly name: 'typos' | 'lower-case' | 'upper-case' | 'blanks' | 'filler';
  readonly perturb: Perturb;
}

export const PERTURBATIONS: readonly Perturbation[] = [
  { name: 'typos', perturb: withTypos },
  { name: 'lower-case', perturb: inLowerCase },
  { name: 'upper-case', perturb: inUpperCase },
  { name: 'blanks', perturb: withBlanks },
  { name: 'filler', perturb: withFiller },
];
