/**
 * The end-to-end run: the official OpenAI SDK asks a running gateway, whose components are models of a lab that plays
 * recorded outcomes. Everything between client and grade is real: HTTP, routing, streams, records.
 */
import { fixedPolicy } from '../bench/baselines.ts';
import { selectPrompts, toMatrix, toPair, type ScoreMatrix } from '../bench/matrix.ts';
import { toBenchRows, type BenchRow } from '../bench/result.ts';
import { DataError } from '../errors.ts';
import { mean } from '../math/statistics.ts';
import { CHARS_PER_TOKEN, promptChars, type OutcomeSet } from '../outcomes/set.ts';
import { calibratePrices } from './calibration.ts';
import { createChatClient } from './chat-client.ts';
import type { RunCheck } from './check.ts';
import { askPrompts, type Answered, type Asked } from './e2e-ask.ts';
import { checkRun, type DecideTime } from './e2e-checks.ts';
import { loadPromptSample, type PromptSample } from './e2e-prompts.ts';
import { startLab, startServer, type GatewayStart } from './gateway.ts';
import { priceForCost, type DrivenComponent } from './gateway-config.ts';
import { readMachineFacts, type MachineFacts } from './machine.ts';
import { createProcessGroup, type Environment, type ProcessGroup } from './processes.ts';

export interface E2eOptions {
  /** Folder of the package whose `bin/` is driven. */
  readonly packageRoot: string;
  readonly environment: Environment;
  readonly dataFolder: string;
  /** Null: found beside the data. */
  readonly setsFile: string | null;
  readonly limit: number;
  readonly seed: number;
  readonly concurrency: number;
  readonly objective: string | number;
  readonly resamples: number;
  /** Milliseconds since 1970, written into the result. */
  readonly nowMs: number;
  /** Aborted: what was done becomes a result marked `partial`. */
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

interface ComponentCalls {
  readonly calls: number;
  readonly share: number;
  /** Mean score of its answers, as they came over HTTP. */
  readonly quality: number | null;
  /** What the set's rule says that one call costs. */
  readonly rule_cost_usd: number;
  /** Configured, USD per million tokens; under it the router expects `rule_cost_usd` of a mean call. */
  readonly price: DrivenComponent['price'];
  /** Mean cost of its calls by the gateway's own account: visible tokens only, as the data record no others. */
  readonly gateway_cost_usd: number | null;
}

export interface E2eResult {
  readonly benchmark: 'e2e';
  readonly at: string;
  readonly partial: boolean;
  readonly set: string;
  readonly seed: number;
  readonly sampling: 'plain random';
  readonly prompts: {
    readonly complete: number;
    readonly left_out_same_text: number;
    readonly left_out_tools: number;
    readonly sampled: number;
    readonly asked: number;
    readonly answered: number;
    readonly streamed: number;
  };
  readonly router: string | null;
  readonly objective: string | number;
  readonly rows: readonly BenchRow[];
  /** The same rows for each source. */
  readonly by_source: Readonly<Record<string, readonly BenchRow[]>>;
  readonly components: Readonly<Record<string, ComponentCalls>>;
  readonly decide_time: DecideTime | null;
  readonly checks: readonly RunCheck[];
  /** The first failures; the count is in the checks. */
  readonly failures: readonly { readonly source: string; readonly streamed: boolean; readonly message: string }[];
  readonly machine: MachineFacts;
}

const SET_NAME = 'mix';
const DEFAULT_OUTPUT_TOKENS = 200;
const REQUEST_TIMEOUT_MS = 120_000;
const MAX_FAILURES_KEPT = 20;

/** The set's components as the gateway calls them: a call of the mean size costs what the set's rule says. */
export const toDrivenComponents = ({ components, rows }: OutcomeSet): readonly DrivenComponent[] => {
  const inputTokens = mean(rows.map(({ prompt }) => promptChars(prompt) / CHARS_PER_TOKEN));
  return components.map((name, column) => {
    const outputTokens = mean(rows.map(({ cells }) => cells[column]?.outputTokens ?? DEFAULT_OUTPUT_TOKENS));
    const usdPerCall = mean(rows.map(({ cells }) => cells[column]?.cost ?? 0));
    return {
      name,
      model: name,
      effort: name === 'thinking' ? 'auto' : 'none',
      price: priceForCost(usdPerCall, { inputTokens, outputTokens }),
    };
  });
};

interface Driven {
  readonly asked: readonly Asked[];
  readonly checks: readonly RunCheck[];
  readonly decideTime: DecideTime | null;
  readonly components: readonly DrivenComponent[];
}

/** A gateway at first prices is asked what it expects; the one that is measured has prices to match the set. */
const startGateway = async (group: ProcessGroup, sample: PromptSample, toServer: GatewayStart) => {
  const first = toDrivenComponents(sample.set);
  const asking = await startServer(group, { ...toServer, components: first });
  const components = await calibratePrices(asking.url, sample.set, first);
  await asking.stop();
  return { components, server: await startServer(group, { ...toServer, components }) };
};

const drive = async (group: ProcessGroup, sample: PromptSample, options: E2eOptions): Promise<Driven> => {
  const { signal, report, seed, concurrency, objective, packageRoot } = options;
  const more = ['--outcomes', options.dataFolder, '--sets', sample.setsFile];
  const lab = await startLab(group, packageRoot, { timeScale: 0, more });
  const { server, components } = await startGateway(group, sample, { labUrl: lab.url, objective, packageRoot });
  report(`lab at ${lab.url}, gateway at ${server.url}: asking ${sample.set.rows.length} prompts`);
  const client = await createChatClient({ url: server.url, model: 'auto', timeoutMs: REQUEST_TIMEOUT_MS });
  const asked = await askPrompts({ client, rows: sample.set.rows, seed, concurrency, signal, report });
  report('reading the decisions back and reporting outcomes');
  const checked = await checkRun({ url: server.url, asked, components: sample.set.components });
  return { asked, components, ...checked };
};

interface AnsweredSet {
  readonly set: OutcomeSet;
  readonly answered: readonly Answered[];
  readonly components: readonly DrivenComponent[];
}

const toComponentCalls = ({ set, answered, components }: AnsweredSet): E2eResult['components'] =>
  Object.fromEntries(
    set.components.map((name, column): [string, ComponentCalls] => {
      const own = answered.filter(({ answer }) => answer.component === name);
      const costs = own.flatMap(({ answer }) => answer.costUsd ?? []);
      return [
        name,
        {
          calls: own.length,
          share: own.length / answered.length,
          quality: own.length === 0 ? null : mean(own.map(({ grade }) => grade.score)),
          rule_cost_usd: mean(set.rows.map(({ cells }) => cells[column]?.cost ?? Number.NaN)),
          price: components[column]?.price ?? { input: Number.NaN, output: Number.NaN },
          gateway_cost_usd: costs.length === 0 ? null : mean(costs),
        },
      ];
    }),
  );

interface Scored {
  readonly matrix: ScoreMatrix;
  /** 1 where the dearer component answered. */
  readonly thinking: Float64Array;
}

const toScored = (set: OutcomeSet, answered: readonly Answered[]): Scored => {
  const matrix = selectPrompts(
    toMatrix(set),
    answered.map(({ index }) => index),
  );
  const { thinking } = toPair(matrix);
  return {
    matrix: { ...matrix, set: SET_NAME },
    thinking: Float64Array.from(answered, ({ answer }) => (answer.component === thinking ? 1 : 0)),
  };
};

const toRows = ({ matrix, thinking }: Scored, policy: string, options: E2eOptions): readonly BenchRow[] =>
  toBenchRows({
    matrix,
    subject: fixedPolicy(policy, thinking),
    seed: options.seed,
    resamples: options.resamples,
  });

const toRowsBySource = (scored: Scored, policy: string, options: E2eOptions): E2eResult['by_source'] => {
  // A source such as paretobandit is many data sets of a few prompts each: the first part of the path is the family.
  const families = scored.matrix.sources.map((path) => path.split('/', 1)[0] ?? path);
  return Object.fromEntries(
    [...new Set(families)]
      .sort((one, other) => one.localeCompare(other))
      .map((family) => {
        const indexes = [...families.keys()].filter((index) => families[index] === family);
        const matrix = { ...selectPrompts(scored.matrix, indexes), set: `${SET_NAME}/${family}` };
        const thinking = Float64Array.from(indexes, (index) => scored.thinking[index] ?? 0);
        return [family, toRows({ matrix, thinking }, policy, options)];
      }),
  );
};

/** Routers without training; the name of any other is its artifact's, and its row is `learned`. */
const UNTRAINED = ['rules', 'static'];

const toPolicyName = (router: string | null, objective: string | number): string => {
  const [artifact = ''] = router?.split('@', 1) ?? [];
  const name = artifact === '' || UNTRAINED.includes(artifact) ? artifact || 'router' : 'learned';
  return objective === 'balanced' ? name : `${name} (${objective})`;
};

const toResult = (sample: PromptSample, driven: Driven, options: E2eOptions): Omit<E2eResult, 'machine'> => {
  const { asked, checks, decideTime } = driven;
  const { set, leftOut } = sample;
  const answered = asked.filter((each) => each.type === 'answered');
  if (answered.length === 0) {
    const first = asked.find((each) => each.type === 'unanswered');
    throw new DataError(`no prompt was answered; the first failure: ${first?.message ?? 'interrupted before any'}`);
  }
  const scored = toScored(set, answered);
  const router = answered[0]?.answer.router ?? null;
  const policy = toPolicyName(router, options.objective);
  const failed = asked.filter((each) => each.type === 'unanswered');
  return {
    benchmark: 'e2e',
    at: new Date(options.nowMs).toISOString(),
    partial: asked.length < set.rows.length,
    set: set.id,
    seed: options.seed,
    sampling: 'plain random',
    prompts: {
      complete: sample.completeRows,
      left_out_same_text: leftOut.sameText,
      left_out_tools: leftOut.tools,
      sampled: set.rows.length,
      asked: asked.length,
      answered: answered.length,
      streamed: asked.filter(({ streamed }) => streamed).length,
    },
    router,
    objective: options.objective,
    rows: toRows(scored, policy, options),
    by_source: toRowsBySource(scored, policy, options),
    components: toComponentCalls({ set, answered, components: driven.components }),
    decide_time: decideTime,
    checks,
    failures: failed
      .slice(0, MAX_FAILURES_KEPT)
      .map(({ source, streamed, message }) => ({ source, streamed, message })),
  };
};

/** Runs it, and ends every process in every case. Throws DataError for data or a gateway that cannot be driven. */
export const runE2e = async (options: E2eOptions): Promise<E2eResult> => {
  const machine = readMachineFacts();
  options.report('loading prompts and outcomes');
  const sample = await loadPromptSample({
    folder: options.dataFolder,
    setsFile: options.setsFile,
    limit: options.limit,
    seed: options.seed,
  });
  const group = await createProcessGroup(options.environment);
  try {
    const driven = await drive(group, sample, options);
    return { ...toResult(sample, driven, options), machine };
  } finally {
    await group.close();
  }
};
