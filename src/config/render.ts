/** gearbox.yaml as `init` writes it: the chosen configuration with the reason for each choice as a comment. */
import { stringify } from 'yaml';
import { brand } from '../brand.ts';
import { JSON_SCHEMA_FILE } from './json-schema.ts';
import type { ConfigurationInput } from './schema.ts';

const LINE_WIDTH = 110;

/** What can be added, as comments, so that the file itself is the first page of the manual. */
const FURTHER = `
# More, all of it optional (your editor completes and explains every field):
#
#   thinking: { ..., limit: 200/7d, fallback: [provider/model], instructions: prompts/thinking.md }
#   thinking-mini: { model: provider/model }         # takes over at the limit of thinking
# aliases:
#   gpt-4o: fast                                     # old names go on working
#   o3: { to: thinking, effort: medium, sunset: 2027-01-14 }
# keys:                                              # "${brand.binary} keys new NAME" makes one
#   web: { secret: env:${brand.environmentPrefix}KEY_WEB, models: [auto] }
# privacy: { text: none }                            # none | failures | all
# server: { host: 127.0.0.1, port: 8484 }
`;

/** Valid YAML that parses back to `configuration`. */
export const renderConfiguration = (configuration: ConfigurationInput, notes: readonly string[]): string => {
  const { version, ...sections } = configuration;
  const head = `# yaml-language-server: $schema=./${JSON_SCHEMA_FILE}\n# ${brand.name}: one model name in front of many models. "${brand.binary} check" checks this file.\n`;
  const reasons = notes.flatMap((note) => wrap(note)).map((line) => `# ${line}\n`);
  const body = Object.entries(sections)
    .filter(([, section]) => section !== undefined)
    .map(([name, section]) => `\n${stringify({ [name]: section }, { lineWidth: 0, flowCollectionPadding: true })}`);
  return `${head}version: ${version}\n\n${reasons.join('')}${body.join('').trimStart()}${FURTHER}`;
};

/** Lines of at most LINE_WIDTH characters, broken at blanks; line breaks in a note could otherwise end the comment. */
const wrap = (note: string): readonly string[] =>
  note.split(/\s+/).reduce<readonly string[]>((lines, word) => {
    const last = lines.at(-1);
    const isFull = last === undefined || last.length + word.length + 1 > LINE_WIDTH;
    return isFull ? [...lines, word] : [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
