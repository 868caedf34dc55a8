/** `gearbox train`: a router from outcome data, with its model card. */
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { hashArtifact, parseArtifact, renderArtifact } from '../learn/artifact-file.ts';
import { loadExamples } from '../learn/example.ts';
import { renderModelCard } from '../learn/model-card.ts';
import { MAX_SOURCE_PROMPTS, sampleBySource } from '../learn/source-cap.ts';
import { TIER_SET, toTierExamples, type TierExample } from '../learn/tier-targets.ts';
import { hashExamples, trainArtifact } from '../learn/train.ts';
import { summariseValidation, validateTraining } from '../learn/validation.ts';
import { loadSetDefinition } from '../outcomes/set-definition.ts';
import { UsageError, type Command, type CommandContext, type ExitCode } from './command.ts';

const DEFAULT_SEED = 1;
const DEFAULT_NAME = 'default';

const HELP = `Usage: ${brand.binary} train --data DIR [--out FOLDER] [--name NAME] [--seed N]

Trains a router on outcome data: what real models scored on real prompts. Writes FOLDER/router.bin, whose hash is the
router's version, and FOLDER/README.md, its model card. The same data and seed give the same bytes.

  --data DIR     prompts.jsonl(.gz) and outcomes.jsonl(.gz) in DIR/train or DIR; sets.json beside, whose set
                 ${TIER_SET} names fast and thinking models by source
  --out FOLDER   where to write (default artifacts/NAME)
  --name NAME    name in the version, as in default@7f3ac91 (default ${DEFAULT_NAME})
  --seed N       of samples, folds and resamples (default ${DEFAULT_SEED})
  --no-validate  skip the second training that measures a held-out third

Reads at most ${MAX_SOURCE_PROMPTS} prompts of each data set; labels such as answers and categories never reach the router. Nothing
leaves this machine. Takes a few minutes and about half a gigabyte of memory; Ctrl-C writes nothing.

Example: ${brand.binary} train --data data --out artifacts/mine --name mine`;

interface Flags {
  readonly data: string;
  readonly out: string;
  readonly name: string;
  readonly seed: number;
  readonly validates: boolean;
}

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

const parseFlags = (args: readonly string[]): Flags => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      out: { type: 'string' },
      name: { type: 'string', default: DEFAULT_NAME },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      'no-validate': { type: 'boolean', default: false },
    },
  });
  if (values.data === undefined) throw new UsageError('--data: expected a folder of outcome data, given nothing.');
  if (!NAME.test(values.name))
    throw new UsageError(`--name: expected lower-case letters, digits and hyphens, given ${values.name}.`);
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0)
    throw new UsageError(`--seed: expected a whole number from 0, given ${values.seed}.`);
  return {
    data: resolve(values.data),
    out: resolve(values.out ?? join('artifacts', values.name)),
    name: values.name,
    seed,
    validates: !values['no-validate'],
  };
};

/** `DIR/train` where it stands, else `DIR`. */
const findFolder = (data: string): string => {
  const inner = join(data, 'train');
  return existsSync(inner) ? inner : data;
};

const findSets = (data: string): string => {
  const places = [join(data, 'sets.json'), join(data, '..', 'sets.json')];
  return places.find((file) => existsSync(file)) ?? join(data, 'sets.json');
};

const PROGRESS_PROMPTS = 2_000;

const loadTierExamples = async ({ data, seed }: Flags, context: CommandContext): Promise<readonly TierExample[]> => {
  const definition = await loadSetDefinition({ file: findSets(data), set: TIER_SET });
  const folder = findFolder(data);
  const wants = await sampleBySource(folder, { seed });
  const examples = await loadExamples({
    folder,
    wants,
    onProgress: (read) => {
      context.signal.throwIfAborted();
      if (read % PROGRESS_PROMPTS === 0) context.report(`  ${read} prompts read`);
    },
  });
  const tiers = toTierExamples(examples, definition);
  if (tiers.length === 0)
    throw new UsageError(`--data: no prompt of ${folder} was answered by a fast and a thinking model of ${TIER_SET}.`);
  return tiers;
};

const PERCENT = 100;

const reportStep =
  (context: CommandContext, what: string) =>
  (step: string, done: number): void => {
    context.signal.throwIfAborted();
    context.report(`${String(Math.round(PERCENT * done)).padStart(3)} %  ${what}: ${step}`);
  };

/** Whole or not at all: a file that is being written is never the one that a server loads. */
const writeWhole = async (file: string, content: Uint8Array | string): Promise<void> => {
  const part = `${file}.part`;
  await writeFile(part, content);
  await rename(part, file);
};

const run = async (context: CommandContext): Promise<ExitCode> => {
  const flags = parseFlags(context.args);
  const { name, seed, out } = flags;
  const examples = await loadTierExamples(flags, context);
  const bytes = renderArtifact(
    trainArtifact(examples, { name, seed, onProgress: reportStep(context, `training on ${examples.length} prompts`) }),
  );
  const artifact = parseArtifact(bytes);
  const artifactHash = hashArtifact(bytes);
  if (flags.validates) context.report('validating on a held-out third');
  context.signal.throwIfAborted();
  const validation = flags.validates ? summariseValidation(validateTraining(examples, { name, seed })) : [];
  context.signal.throwIfAborted();
  const dataHash = hashExamples(examples);
  const card = { artifact, artifactHash, artifactBytes: bytes.length, dataHash, seed, examples, validation };
  await mkdir(out, { recursive: true });
  await writeWhole(join(out, 'README.md'), renderModelCard(card));
  await writeWhole(join(out, 'router.bin'), bytes);
  const summary = {
    name,
    hash: artifactHash,
    bytes: bytes.length,
    data_hash: dataHash,
    prompts: examples.length,
    seed,
  };
  context.print(
    context.flags.json
      ? JSON.stringify({ ...summary, file: join(out, 'router.bin'), validation })
      : `${name}@${artifactHash}\n${examples.length} prompts, ${bytes.length} bytes: ${join(out, 'router.bin')}`,
  );
  return 0;
};

export const trainCommand: Command = {
  name: 'train',
  summary: 'train a router on what real models scored on real prompts',
  help: HELP,
  primary: false,
  run,
};
