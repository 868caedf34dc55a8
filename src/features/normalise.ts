/**
 * Normal form of the user's words: what every rule and phrase table is compared with. Two prompts that differ only in
 * case, compatibility forms, accents, invisible characters, blanks, a greeting or a courtesy have the same normal form, so that
 * none of these can change a route. Offsets in evidence count UTF-16 units of this form.
 */
import { courtesyEnd, courtesyStart } from './courtesy.ts';
import { unitAt } from './units.ts';

const NOT_ASCII = /[^\0-\x7f]/;
/** Zero-width, bidirectional and other invisible marks, soft hyphen, variation selectors, byte order mark. */
const INVISIBLE =
  /\u034f|[\u180b-\u180d]|[\ufe00-\ufe0f]|[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const COMBINING_ACCENT = /[\u0300-\u036f]/g;
const ARABIC = /[\u0600-\u06ff]/;
const ARABIC_POINT = /[\u064b-\u0652\u0640]/g;
const APOSTROPHE = /[\u2018\u2019\u02bc\u00b4]/g;

/** Letters that Unicode does not decompose and that people leave out on a foreign keyboard. */
const LETTER_FOLDS: Readonly<Record<string, string>> = { ı: 'i', ß: 'ss', ł: 'l', ø: 'o', đ: 'd', æ: 'ae', œ: 'oe' };
const FOLDED_LETTER = /[ıßłøđæœ]/g;

/** Letters that may carry an accent; a text in Han or kana without them is spared two passes. */
const ACCENTED = /[\u00c0-\u024f]|[\u0300-\u036f]|[\u0370-\u052f\u1e00-\u1fff]/;

const foldAccents = (text: string): string =>
  text
    .normalize('NFD')
    .replace(COMBINING_ACCENT, '')
    .normalize('NFC')
    .replace(FOLDED_LETTER, (letter) => LETTER_FOLDS[letter] ?? letter);

const foldForeign = (text: string): string => {
  const lower = text.normalize('NFKC').replace(INVISIBLE, '').replace(APOSTROPHE, "'").toLowerCase();
  const bare = ACCENTED.test(lower) ? foldAccents(lower) : lower;
  if (!ARABIC.test(bare)) return bare;
  return bare.replace(ARABIC_POINT, '').replace(/[أإآ]/g, 'ا').replace(/ى/g, 'ي');
};

const FOREIGN_BLANK = /\s/;
const isBlank = (code: number): boolean =>
  code <= 32 ? code === 32 || (code >= 9 && code <= 13) : code > 127 && FOREIGN_BLANK.test(String.fromCharCode(code));

/** What stands for a run of blanks: its line breaks, at most two, else a space. `\r\n` and `\r` are line breaks. */
const foldRun = (run: string): string => {
  let breaks = 0;
  for (let at = 0; at < run.length && breaks < 2; at += 1) {
    const code = unitAt(run, at);
    if (code === 10 || (code === 13 && unitAt(run, at + 1) !== 10)) breaks += 1;
  }
  if (breaks === 0) return ' ';
  return breaks === 1 ? '\n' : '\n\n';
};

/** Runs of blanks folded, none at the ends. One pass; a text without runs is not copied. */
const foldBlanks = (text: string): string => {
  let folded = '';
  let copied = 0;
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    const code = unitAt(text, at);
    if (code > 32 && code < 128) continue;
    if (!isBlank(code)) continue;
    const start = at;
    while (at + 1 < length && isBlank(unitAt(text, at + 1))) at += 1;
    if (start === at && (code === 32 || code === 10)) continue;
    const run = text.slice(start, at + 1);
    folded += text.slice(copied, start) + foldRun(run);
    copied = at + 1;
  }
  return (folded + text.slice(copied)).trim();
};

/** Case, width, accents, invisible characters and blanks folded; line breaks kept (at most two in a row). */
export const foldText = (text: string): string =>
  foldBlanks(NOT_ASCII.test(text) ? foldForeign(text) : text.toLowerCase());

const GREETING_WORDS = [
  'hi|hello|hey|heya|hiya|yo|greetings|howdy|good (?:morning|afternoon|evening|day)|dear',
  'please|pls|plz|kindly',
  'hallo|servus|moin|guten (?:tag|morgen|abend)|bitte|gruss gott',
  "bonjour|salut|bonsoir|coucou|s'il (?:te|vous) plait|stp|svp",
  'hola|buenas|buenos dias|buenas (?:tardes|noches)|por favor',
  'ola|oi|bom dia|boa (?:tarde|noite)',
  'ciao|salve|buongiorno|buonasera|per favore',
  'hoi|goedemorgen|goedemiddag|goedenavond|alsjeblieft|alstublieft',
  'czesc|witaj|dzien dobry|dobry wieczor|prosze',
  'привет|здравствуи|здравствуите|добрыи (?:день|вечер)|доброе утро|пожалуиста',
  'merhaba|selam|iyi gunler|gunaydin|lutfen',
  'नमस्ते|नमस्कार|कृपया',
  'مرحبا|اهلا|السلام عليكم|من فضلك',
].join('|');
/** Whom one greets; skipped only behind a greeting, because "all" also opens a syllogism. */
const ADDRESSEES = 'there|everyone|everybody|all|chatgpt|gpt|claude|gemini|assistant|bot|buddy|friend|sir|madam';
const GREETING = new RegExp(
  `(?:(?:${GREETING_WORDS})(?: (?:${ADDRESSEES}))?(?=[\\s,.!:;~]|$)|你好|您好|早上好|晚上好|こんにちは|こんばんは|おはようございます|もしもし|안녕하세요|안녕)[\\s,.!:;~，。！、～]*`,
  'y',
);

/** A greeting has few words; more rounds would only help someone who wants to hide a text behind them. */
const GREETING_ROUNDS = 6;

/** Offset at which the request begins once greetings and politeness are skipped; 0 when there is nothing else. */
const greetingEnd = (text: string): number => {
  let end = 0;
  for (let round = 0; round < GREETING_ROUNDS; round += 1) {
    GREETING.lastIndex = end;
    const match = GREETING.exec(text);
    if (match === null || match[0] === '') break;
    end += match[0].length;
  }
  return end < text.length ? end : 0;
};

/** Normal form of a user's words. A text that is only a greeting stays as it is. */
export const normalise = (text: string): string => {
  const folded = foldText(text);
  const request = folded.slice(courtesyEnd(folded, greetingEnd(folded)));
  return request.slice(0, courtesyStart(request)).trimEnd();
};
