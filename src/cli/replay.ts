/** `gearbox decisions replay`: makes recorded decisions again from their records and reports every difference. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadPoolComponents, ROUTERS_FOLDER } from '../index.ts';
import { ConfigError } from '../errors.ts';
import { findKeptRouter } from '../learn/kept-routers.ts';
import { loadAnyRouter, SHIPPED_ROUTER_FILE } from '../learn/router-file.ts';
import { createLearnedPolicy } from '../policy/learned/policy.ts';
import type { RouterRelease } from '../policy/learned/release.ts';
import type { Policy } from '../policy/policy.ts';
import { createRulesPolicy } from '../policy/rules.ts';
import { replayDecision, type ReplayContext, type ReplayResult } from '../router/replay.ts';
import type { StoredDecision, StoreReader } from '../store/store.ts';
import type { Component } from '../catalog/component.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { readDecisions } from './stored-decisions.ts';
import { toHome } from './store-file.ts';

const REPORTED_EVERY = 500;
const SHOWN_DIFFERENCES = 20;

interface Tally {
  identical: number;
  direct: number;
  different: number;
  not_replayable: number;
  readonly details: { readonly decision_id: string; readonly result: string; readonly reasons: readonly string[] }[];
}

const toPolicies = (release: RouterRelease | undefined): readonly Policy[] =>
  release?.type === 'loaded' ? [createLearnedPolicy({ artifact: release.artifact, artifactHash: release.hash })] : [];

/** `name@<artifact hash>.<hash of code>`: the first characters of each. */
const LEARNED_VERSION = /^[^@]+@([0-9a-f]{7})\.[0-9a-f]+$/;

/** Each artifact is read once, whether its code is still the one of the version or not. */
const createKeptPolicies = (folder: string): NonNullable<ReplayContext['loadPolicy']> => {
  const known = new Map<string, Promise<readonly Policy[]>>();
  return async (version) => {
    const prefix = LEARNED_VERSION.exec(version)?.[1];
    if (prefix === undefined) return undefined;
    const found = known.get(prefix) ?? findKeptRouter(folder, prefix).then(toPolicies);
    known.set(prefix, found);
    return (await found).find((policy) => policy.version === version);
  };
};

/**
 * From the home folder alone: what the configuration says now, or whether there is one, changes nothing of what was
 * decided.
 */
export const createReplayContext = async (reader: StoreReader, home: string): Promise<ReplayContext> => {
  const policies = [createRulesPolicy(), ...toPolicies(await loadAnyRouter(SHIPPED_ROUTER_FILE))];
  const known = new Map<string, Promise<ReadonlyMap<string, Component> | undefined>>();
  return {
    policies: new Map(policies.map((policy) => [policy.version, policy])),
    loadPolicy: createKeptPolicies(join(home, ROUTERS_FOLDER)),
    loadComponents: (config, catalog) => {
      const name = `${config}:${catalog}`;
      const found = known.get(name) ?? loadPoolComponents(reader, { config, catalog });
      known.set(name, found);
      return found;
    },
  };
};

const count = (tally: Tally, stored: StoredDecision, result: ReplayResult): void => {
  tally[result.type] += 1;
  if (result.type === 'identical' || result.type === 'direct' || tally.details.length >= SHOWN_DIFFERENCES) return;
  const reasons = result.type === 'different' ? result.differences : [result.reason];
  tally.details.push({ decision_id: stored.decision.id, result: result.type, reasons });
};

async function* readOne(reader: StoreReader, id: string): AsyncIterable<StoredDecision> {
  const stored = await reader.decision(id);
  if (stored === undefined)
    throw new ConfigError(`There is no decision ${id} in this store.`, { code: 'decision_not_found' });
  yield stored;
}

const print = (tally: Tally, context: CommandContext): void => {
  const { details, ...counts } = tally;
  if (context.flags.json) {
    context.print(JSON.stringify({ ...counts, differences: details }));
    return;
  }
  const replayed = tally.identical + tally.different;
  context.print(
    `${tally.identical} of ${replayed} replayed decisions are identical; ${tally.direct} were direct calls, with nothing to decide; ${tally.not_replayable} cannot be replayed.`,
  );
  for (const { decision_id: id, result, reasons } of details) {
    context.print(`${id}: ${result.replace('_', ' ')}`);
    for (const reason of reasons) context.print(`  ${reason}`);
  }
};

/** Exit code 1 when a decision differs or cannot be replayed. */
export const replayDecisions = async (
  args: readonly string[],
  reader: StoreReader,
  context: CommandContext,
): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { all: { type: 'boolean', default: false } },
  });
  const [id] = positionals;
  if (id === undefined && !values.all) {
    context.fail('decisions replay: name a decision (dec_…), or give --all.');
    return 2;
  }
  const replay = await createReplayContext(reader, toHome(context));
  const tally: Tally = { identical: 0, direct: 0, different: 0, not_replayable: 0, details: [] };
  let done = 0;
  for await (const stored of id === undefined ? readDecisions(reader) : readOne(reader, id)) {
    context.signal.throwIfAborted();
    count(tally, stored, await replayDecision(stored.decision, replay));
    done += 1;
    if (done % REPORTED_EVERY === 0) context.report(`${done} decisions replayed`);
  }
  print(tally, context);
  return tally.different + tally.not_replayable === 0 ? 0 : 1;
};
