/** `gearbox bench routing` and `bench offline`: how well the router chooses, on recorded outcomes, without sockets. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CROSS_FIT_SEEDS } from '../bench/cross-fit.ts';
import { renderRoutingDocument } from '../bench/routing-document.ts';
import type { SectionContext, SectionMaker } from '../bench/section.ts';
import { measureOffline, SHIPPED_SET } from '../bench/sections/shipped.ts';
import type { StoredSection } from '../bench/stored-section.ts';
import { writeResultFiles } from '../drive/result-files.ts';
import { InvalidRequestError } from '../errors.ts';
import { loadRouter, SHIPPED_ROUTER_FILE } from '../learn/router-file.ts';
import { DEFAULT_RESAMPLES } from '../math/bootstrap.ts';
import { ROUTING_SECTIONS } from './bench-routing-sections.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { loadStoredSections, mergeSections, saveSections, writeFigures } from './routing-results.ts';
import { finish } from './bench-result.ts';
import type { Subcommand } from './subcommand.ts';

const DEFAULT_FOLDER = 'bench/results';
const DEFAULT_DOCUMENT = 'docs/routing-quality.md';
const MAX_COUNT = 100_000;

const IDS_IN_A_LINE = 6;

/** The ids in lines under the option's text. */
const renderIds = (ids: readonly string[]): string =>
  Array.from(
    { length: Math.ceil(ids.length / IDS_IN_A_LINE) },
    (_, line) => `                    ${ids.slice(line * IDS_IN_A_LINE, (line + 1) * IDS_IN_A_LINE).join(', ')}`,
  ).join('\n');

/** Of the help of `gearbox bench`. */
export const ROUTING_HELP = `routing: every router on every set, cross-fitted and with families left out, beside the baselines that embarrass most of
them. Writes FOLDER/routing.json and .md, and once every section has results the document and its pictures. A section
that runs again replaces its own results and keeps those of the others.

  --data DIR        folder with train, bench and sets.json; prompts-only and protocols where a section needs them
  --sections A,B    sections by id or by the beginning of one (default all):
${renderIds(ROUTING_SECTIONS.map(({ id }) => id))}
  --seeds N         cross-validations, at most ${MAX_COUNT} (default ${CROSS_FIT_SEEDS.length})
  --resamples N     of the intervals (default ${DEFAULT_RESAMPLES})
  --artifact FILE   of the sections about what ships (default the shipped one)
  --docs FILE       the document (default ${DEFAULT_DOCUMENT})
  --out FOLDER      result files (default ${DEFAULT_FOLDER})

offline: the shipped artifact alone on the fast and thinking models of DIR/bench; takes the options --data, --resamples,
--artifact and --out of routing.`;

const parsePositive = (name: string, text: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MAX_COUNT) return value;
  throw new InvalidRequestError(`--${name}: expected a whole number from 1 to ${MAX_COUNT}, given "${text}".`);
};

/** Throws InvalidRequestError without a folder that holds `bench` and `sets.json`. */
const parseData = (text: string | undefined): string => {
  if (text === undefined) {
    throw new InvalidRequestError('--data: expected the folder of the outcome data, given nothing. Add --data DIR.');
  }
  const given = resolve(text);
  const places = [given, dirname(given)];
  const found = places.find((place) => existsSync(join(place, 'sets.json')) && existsSync(join(place, 'bench')));
  if (found === undefined) {
    throw new InvalidRequestError(`--data: expected a folder with sets.json and a folder bench, given ${given}.`);
  }
  return found;
};

/** Sections whose id is named, or begins with a name and a hyphen. */
const parseSections = (text: string | undefined): readonly SectionMaker[] => {
  if (text === undefined) return ROUTING_SECTIONS;
  const names = text.split(',').map((name) => name.trim());
  const isOf = (id: string, name: string): boolean => id === name || id.startsWith(`${name}-`);
  const unknown = names.find((name) => !ROUTING_SECTIONS.some(({ id }) => isOf(id, name)));
  if (unknown !== undefined) {
    const known = ROUTING_SECTIONS.map(({ id }) => id).join(', ');
    throw new InvalidRequestError(`--sections: expected some of ${known}, given "${unknown}".`);
  }
  return ROUTING_SECTIONS.filter(({ id }) => names.some((name) => isOf(id, name)));
};

const loadShipped = async (file: string): Promise<SectionContext['shipped']> => {
  const release = await loadRouter(file);
  if (release.type === 'loaded') return { artifact: release.artifact, hash: release.hash };
  const { path, expected, given, fix } = release;
  throw new InvalidRequestError(`--artifact: ${path}: expected ${expected}, given ${given}; ${fix}.`);
};

const parseRouting = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      sections: { type: 'string' },
      seeds: { type: 'string', default: String(CROSS_FIT_SEEDS.length) },
      resamples: { type: 'string', default: String(DEFAULT_RESAMPLES) },
      artifact: { type: 'string', default: SHIPPED_ROUTER_FILE },
      docs: { type: 'string', default: DEFAULT_DOCUMENT },
      out: { type: 'string', default: DEFAULT_FOLDER },
    },
  });
  return {
    data: parseData(values.data),
    makers: parseSections(values.sections),
    seeds: parsePositive('seeds', values.seeds),
    resamples: parsePositive('resamples', values.resamples),
    artifact: resolve(values.artifact),
    document: resolve(values.docs),
    folder: resolve(values.out),
  };
};

type RoutingFlags = ReturnType<typeof parseRouting>;

const createSectionContext = async (flags: RoutingFlags, context: CommandContext): Promise<SectionContext> => ({
  data: flags.data,
  seeds: Array.from({ length: flags.seeds }, (_, index) => index + 1),
  resamples: flags.resamples,
  shipped: await loadShipped(flags.artifact),
  report: context.report,
  signal: context.signal,
});

/** What a line of the ledger keeps of a run. */
const toLedgerEntry = (flags: RoutingFlags, ran: readonly string[], unfinished: readonly string[]) => ({
  at: new Date().toISOString(),
  benchmark: 'routing',
  ran,
  seeds: flags.seeds,
  resamples: flags.resamples,
  partial: unfinished.length > 0,
  unfinished,
});

/** Runs the sections one after the other; `onSection` gets each that is whole. Returns after an interruption. */
const runSections = async (
  flags: RoutingFlags,
  context: CommandContext,
  onSection: (section: StoredSection) => Promise<void>,
): Promise<void> => {
  const sectionContext = await createSectionContext(flags, context);
  const settings = { seeds: flags.seeds, resamples: flags.resamples, artifact: sectionContext.shipped.hash };
  for (const [index, { id, summary, make }] of flags.makers.entries()) {
    if (context.signal.aborted) break;
    context.report(`section ${index + 1} of ${flags.makers.length}: ${id}, ${summary}`);
    try {
      const { figures, ...section } = await make(sectionContext);
      await writeFigures(dirname(flags.document), figures);
      await onSection({ ...section, figures: figures.map(({ file }) => file), settings });
    } catch (error) {
      // Only what the interruption itself stopped is expected; anything else is a fault to be seen.
      if (!context.signal.aborted) throw error;
    }
  }
};

const IDS = ROUTING_SECTIONS.map(({ id }) => id);

/** Writes the document where every section has results, else says which have none; returns the paths written. */
const writeDocument = async (
  file: string,
  sections: readonly StoredSection[],
  context: CommandContext,
): Promise<readonly string[]> => {
  const missing = IDS.filter((id) => !sections.some((section) => section.id === id));
  if (missing.length > 0) {
    context.report(`the document is written once these have results too: ${missing.join(', ')}`);
    return [];
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${renderRoutingDocument(sections)}\n`);
  return [file];
};

export const routing: Subcommand = async (context, args): Promise<ExitCode> => {
  const flags = parseRouting(args);
  let sections = await loadStoredSections(flags.folder);
  const ran: string[] = [];
  await runSections(flags, context, async (section) => {
    ran.push(section.id);
    sections = mergeSections(sections, [section], IDS);
    // After every section, so that an interruption or a fault loses no more than the one that was running.
    await saveSections(flags.folder, sections);
  });
  const unfinished = flags.makers.filter(({ id }) => !ran.includes(id)).map(({ id }) => id);
  const markdown = renderRoutingDocument(sections);
  const result = { benchmark: 'routing', sections };
  const entry = toLedgerEntry(flags, ran, unfinished);
  const paths = [
    ...(await writeResultFiles({ folder: flags.folder, name: 'routing', result, markdown, entry })),
    ...(await writeDocument(flags.document, sections, context)),
  ];
  if (unfinished.length > 0) context.fail(`interrupted: partial, without ${unfinished.join(', ')}`);
  context.print(context.flags.json ? JSON.stringify(result) : markdown);
  context.report(`written: ${paths.join(', ')}`);
  return unfinished.length === 0 ? 0 : 1;
};

export const offline: Subcommand = async (context, args): Promise<ExitCode> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      resamples: { type: 'string', default: String(DEFAULT_RESAMPLES) },
      artifact: { type: 'string', default: SHIPPED_ROUTER_FILE },
      out: { type: 'string', default: DEFAULT_FOLDER },
    },
  });
  const data = parseData(values.data);
  const resamples = parsePositive('resamples', values.resamples);
  const shipped = await loadShipped(resolve(values.artifact));
  const { rows, everyday, markdown } = await measureOffline({ data, resamples, shipped });
  const result = { benchmark: 'offline', set: SHIPPED_SET, artifact: shipped.hash, resamples, rows, everyday };
  const subject = rows.find(({ policy, slice }) => policy === 'shipped' && slice === 'all');
  const entry = { at: new Date().toISOString(), benchmark: 'offline', artifact: shipped.hash, resamples, subject };
  const table = `# Offline\n\n${markdown}`;
  const folder = resolve(values.out);
  return finish({ folder, name: 'offline', result, markdown: table, entry, pass: true }, context);
};
