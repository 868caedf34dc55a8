/** `gearbox check --live`: calls every deployment once per control, within a budget, and says what worked. */
import { dirname } from 'node:path';
import { brand } from '../brand.ts';
import { fromUsd, renderUsd, toUsd } from '../canonical/money.ts';
import type { Deployment } from '../catalog/component.ts';
import type { Pool } from '../catalog/pool.ts';
import type { Environment } from '../config/environment.ts';
import { resolveSecret } from '../config/secret.ts';
import { connectProviders } from '../index.ts';
import { probe, type Probed } from '../probe/probe.ts';
import type { ServerSettings } from '../config/settings.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { renderTable } from './table.ts';

export interface LiveOptions {
  readonly pool: Pool;
  readonly settings: ServerSettings;
  readonly environment: Environment;
  /** Where `file:` keys are relative to; null: there is no configuration file. */
  readonly configPath: string | null;
  readonly workingFolder: string;
  readonly budgetUsd: number;
}

/** Every deployment of every component, fallbacks too, once; the cheapest first, so that a small budget shows most. */
const listDeployments = ({ components }: Pool): readonly Deployment[] => {
  const all = [...components.values()].flatMap(({ deployments }) => deployments);
  const unique = [...new Map(all.map((deployment) => [deployment.id, deployment])).values()];
  const priceOf = ({ model }: Deployment): number => model.price?.base.output ?? Number.POSITIVE_INFINITY;
  return unique.toSorted((first, second) => priceOf(first) - priceOf(second));
};

const renderResult = ({ result, detail }: Probed): string =>
  detail === null ? result : `${result}: ${detail.replaceAll(/\s+/g, ' ')}`;

const render = (probed: readonly Probed[]): readonly string[] =>
  renderTable(
    [
      { title: 'deployment', align: 'left' },
      { title: 'control', align: 'left' },
      { title: 'ms', align: 'right' },
      { title: 'cost', align: 'right' },
      { title: 'result', align: 'left' },
    ],
    probed.map((one) => [
      one.deployment,
      one.control,
      one.elapsedMs === null ? '' : one.elapsedMs.toFixed(0),
      one.costMicroUsd === null ? 'unknown' : one.result === 'skipped' ? '' : renderUsd(one.costMicroUsd),
      renderResult(one),
    ]),
  );

const toJson = (probed: readonly Probed[]) =>
  probed.map(({ deployment, control, result, detail, elapsedMs, costMicroUsd }) => ({
    deployment,
    control,
    result,
    detail,
    elapsed_ms: elapsedMs,
    cost_usd: costMicroUsd === null ? null : toUsd(costMicroUsd),
  }));

const connect = ({ pool, settings, environment, configPath, workingFolder }: LiveOptions) => {
  const folder = configPath === null ? workingFolder : dirname(configPath);
  return connectProviders(pool, {
    settings,
    environment,
    resolveSecret: (reference) => resolveSecret(reference, { environment, folder }),
  });
};

/** Exit code 1 when a call failed; one that was skipped is no failure. */
export const checkLive = async (context: CommandContext, options: LiveOptions): Promise<ExitCode> => {
  const deployments = listDeployments(options.pool);
  const providers = connect(options);
  context.report(
    `Calling ${deployments.length} ${deployments.length === 1 ? 'deployment' : 'deployments'}, for at most $${options.budgetUsd} by estimate.`,
  );
  try {
    const probed = await probe({
      deployments,
      findProvider: providers.find,
      budgetMicroUsd: fromUsd(options.budgetUsd),
      clock: () => performance.now(),
      signal: context.signal,
      onProbed: (one) => context.report(`${one.deployment}  ${one.control}  ${one.result}`),
    });
    const failed = probed.filter(({ result }) => result === 'failed').length;
    if (context.flags.json) context.print(JSON.stringify({ ok: failed === 0, probes: toJson(probed) }, null, 2));
    else {
      for (const line of render(probed)) context.print(line);
      const spent = probed.reduce((sum, { costMicroUsd }) => sum + (costMicroUsd ?? 0), 0);
      const skipped = probed.filter(({ result }) => result === 'skipped').length;
      context.print('');
      context.print(
        `${probed.length - failed - skipped} worked, ${failed} failed, ${skipped} were not tried; ${renderUsd(spent)} at list prices.`,
      );
      if (skipped > 0) context.print(`More: ${brand.binary} check --live --budget ${options.budgetUsd * 5}`);
    }
    return failed === 0 ? 0 : 1;
  } finally {
    await providers.close();
  }
};
