/** `gearbox abilities`: what graded calls say of each component, and putting it in force. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import type { Ability, AbilityScale } from '../catalog/ability.ts';
import { loadAbilities, saveAbilities, toAbilitiesPath } from '../learn/ability-file.ts';
import { missingCalls, type GradedCall } from '../learn/component-ability.ts';
import { collectGradedCalls, toAbility, type GradedCalls, type GradedComponent } from '../learn/graded-calls.ts';
import { predictUnmeasured } from '../router/replay.ts';
import type { StoreReader } from '../store/store.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { createReplayContext } from './replay.ts';
import { toHome, withReader } from './store-file.ts';
import { readDecisions } from './stored-decisions.ts';
import { runSubcommand, type Subcommand } from './subcommand.ts';
import { renderTable } from './table.ts';

const help = `Usage: ${brand.binary} abilities show [--simulated]
       ${brand.binary} abilities fit [--simulated]
       ${brand.binary} abilities reset

A component is taken to solve what its role is known to solve, whatever model stands behind it, until its own answers were
graded. Grades are outcomes of the kinds \`correct\` and \`tests\` (\`${brand.binary} outcomes import\`). From 20 of at
least three conversation types, or 50 of any, a component's own ability enters the predictions: how many logits it solves
more, or less, than was predicted for its role on the very requests that were graded. Tool calling counts by itself.

show    what the grades in the store say, and what is in force; changes nothing
fit     puts it in force: a server with a configuration file takes it over within seconds, another at its next start
reset   every component counts as unmeasured again

Options:
  --simulated  the grades of made-up answers (the lab's) and no others; they count for made-up components alone

Replays of older decisions go on using what was in force when they were made.

Examples:
  ${brand.binary} outcomes import outcomes.jsonl && ${brand.binary} abilities fit
  ${brand.binary} abilities show --json`;

const REPORTED_EVERY = 1_000;

const collect = async (reader: StoreReader, context: CommandContext, simulated: boolean): Promise<GradedCalls> => {
  const replay = await createReplayContext(reader, toHome(context));
  return collectGradedCalls(readDecisions(reader, { withOutcomes: true }), {
    predict: (decision) => predictUnmeasured(decision, replay),
    simulated,
    onProgress: (decisions) => {
      context.signal.throwIfAborted();
      if (decisions % REPORTED_EVERY === 0) context.report(`${decisions} graded decisions read`);
    },
  });
};

const meanOf = (values: readonly number[]): string =>
  values.length === 0 ? '-' : `${Math.round((100 * values.reduce((sum, each) => sum + each, 0)) / values.length)} %`;

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

const renderScale = (scale: AbilityScale | null, calls: readonly GradedCall[]): string => {
  if (scale !== null) return `${signed(scale.others.logits)} ± ${scale.others.sd.toFixed(2)}`;
  return calls.length === 0 ? '-' : `needs ${missingCalls(calls)} more`;
};

const COLUMNS = [
  { title: 'COMPONENT', align: 'left' },
  { title: 'MODEL', align: 'left' },
  { title: 'GRADED', align: 'right' },
  { title: 'SOLVED', align: 'right' },
  { title: 'PREDICTED', align: 'right' },
  { title: 'ABILITY', align: 'left' },
  { title: 'WITH TOOLS', align: 'left' },
] as const;

interface Fitted {
  readonly graded: GradedComponent;
  /** Null: too few grades. */
  readonly ability: Ability | null;
}

const toRow = ({ graded, ability }: Fitted): readonly string[] => {
  const { name, deployment, text, tools } = graded;
  const calls = [...text, ...tools];
  return [
    name,
    deployment,
    String(calls.length),
    meanOf(calls.map(({ score }) => score)),
    meanOf(calls.map(({ predicted }) => predicted)),
    renderScale(ability?.text ?? null, text),
    renderScale(ability?.tools ?? null, tools),
  ];
};

const UNUSED: Readonly<Record<keyof GradedCalls['unused'], string>> = {
  simulated: 'of made-up answers, or of real ones where --simulated was given',
  no_train: 'of calls that must not train anything',
  handed_over: 'of calls that another component answered in the end',
  former_model: 'of a model that no longer stands behind its component',
  unreadable: 'of calls to a component by name, or of records that no router here can read',
};

const renderUnused = ({ unused }: GradedCalls): readonly string[] =>
  Object.entries(UNUSED).flatMap(([reason, words]) => {
    const count = unused[reason as keyof typeof UNUSED];
    return count === 0 ? [] : [`Not used: ${count} ${count === 1 ? 'grade' : 'grades'} ${words}.`];
  });

const fitAll = (graded: GradedCalls): readonly Fitted[] =>
  graded.components.map((component) => ({ graded: component, ability: toAbility(component) }));

interface Printed {
  readonly graded: GradedCalls;
  readonly fitted: readonly Fitted[];
  /** Hash of what is in force; null: nothing is. */
  readonly inForce: string | null;
}

const print = (context: CommandContext, { graded, fitted, inForce }: Printed): void => {
  if (context.flags.json) {
    const components = fitted.map(({ graded: { name, deployment, text, tools }, ability }) => ({
      component: name,
      deployment,
      graded_calls: { text: text.length, tools: tools.length },
      missing_calls: { text: missingCalls(text), tools: missingCalls(tools) },
      ability,
    }));
    context.print(JSON.stringify({ components, unused: graded.unused, in_force: inForce }));
    return;
  }
  if (fitted.length === 0) context.print('No graded calls: send outcomes of the kind correct or tests.');
  else {
    renderTable(COLUMNS, fitted.map(toRow)).forEach(context.print);
    context.print('Ability: logits above or below what is predicted for the role (at 70 %, +0.5 means 79 %).');
  }
  renderUnused(graded).forEach(context.print);
};

const parseFlags = (args: readonly string[]): { readonly simulated: boolean } =>
  parseArgs({ args: [...args], options: { simulated: { type: 'boolean', default: false } } }).values;

const show: Subcommand = async (context, args) => {
  const { simulated } = parseFlags(args);
  const loaded = await loadAbilities(toAbilitiesPath(toHome(context)));
  return withReader(context, async (reader): Promise<ExitCode> => {
    const graded = await collect(reader, context, simulated);
    print(context, { graded, fitted: fitAll(graded), inForce: loaded?.hash ?? null });
    if (!context.flags.json)
      context.print(loaded === null ? 'Nothing is in force.' : `In force: ${loaded.hash}, fitted ${loaded.fittedAt}.`);
    return 0;
  });
};

const fit: Subcommand = async (context, args) => {
  const { simulated } = parseFlags(args);
  return withReader(context, async (reader): Promise<ExitCode> => {
    const graded = await collect(reader, context, simulated);
    const fitted = fitAll(graded);
    const components = new Map(
      fitted.flatMap(({ graded: { name }, ability }) => (ability === null ? [] : [[name, ability] as const])),
    );
    if (components.size === 0) {
      print(context, { graded, fitted, inForce: null });
      context.fail('Too few graded calls: nothing was changed.');
      return 1;
    }
    const path = toAbilitiesPath(toHome(context));
    const hash = await saveAbilities(path, { fittedAt: new Date().toISOString(), components });
    print(context, { graded, fitted, inForce: hash });
    context.report(`written: ${path} (${hash})`);
    return 0;
  });
};

const reset: Subcommand = async (context, args) => {
  parseArgs({ args: [...args], options: {} });
  const path = toAbilitiesPath(toHome(context));
  const wasThere = existsSync(path);
  await rm(path, { force: true });
  context.report(wasThere ? `removed: ${path}; every component counts as unmeasured` : 'Nothing was in force.');
  if (context.flags.json) context.print(JSON.stringify({ removed: wasThere }));
  return 0;
};

export const abilitiesCommand: Command = {
  name: 'abilities',
  summary: 'what graded calls say of each component, and putting it in force',
  help,
  primary: false,
  run: (context) => runSubcommand('abilities', { show, fit, reset }, context),
};
