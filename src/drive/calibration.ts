/**
 * Prices under which the gateway expects of a call what the set says that it costs.
 *
 * The data record visible answers only, and a thinking model's hidden tokens are most of its bill. A price that is right
 * for visible tokens would make the router, which expects hidden ones too, believe in calls several times as dear as the
 * set's: it would be measured on a problem that the set does not pose. So it is asked what it expects, without labels.
 */
import { request } from 'undici';
import { z } from 'zod';
import { brand } from '../brand.ts';
import { DataError } from '../errors.ts';
import { mean } from '../math/statistics.ts';
import type { OutcomeSet } from '../outcomes/set.ts';
import { toChatBody } from './chat-client.ts';
import type { DrivenComponent } from './gateway-config.ts';

/** Prompts that are asked about: the estimate varies little once the conversation types are all there. */
const MAX_PROMPTS = 100;
const MICRO = 1e6;

const explanationSchema = z.object({
  candidates: z.array(
    z.object({ component: z.string(), cost_usd: z.object({ p50: z.number() }).nullable() }).transform((candidate) => ({
      component: candidate.component,
      costUsd: candidate.cost_usd?.p50 ?? null,
    })),
  ),
});

type Candidate = z.infer<typeof explanationSchema>['candidates'][number];

const explain = async (url: string, body: object): Promise<readonly Candidate[]> => {
  const response = await request(`${url}${brand.clientPath}/decide`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.body.text();
  if (response.statusCode !== 200) {
    throw new DataError(
      `asking for a decision: expected status 200, given ${response.statusCode}: ${text.slice(0, 300)}`,
    );
  }
  return explanationSchema.parse(JSON.parse(text)).candidates;
};

const scale = (price: number, factor: number): number => Math.round(price * factor * MICRO) / MICRO;

/** The components at prices scaled so that the mean estimate over the first prompts is the set's mean cost. */
export const calibratePrices = async (
  url: string,
  set: OutcomeSet,
  components: readonly DrivenComponent[],
): Promise<readonly DrivenComponent[]> => {
  const estimates: Candidate[] = [];
  for (const { prompt } of set.rows.slice(0, MAX_PROMPTS)) {
    estimates.push(...(await explain(url, toChatBody(prompt.routable, 'auto'))));
  }
  return components.map((component, column) => {
    const own = estimates.filter(({ component: name }) => name === component.name);
    const expectedUsd = mean(own.flatMap(({ costUsd }) => costUsd ?? []));
    const wantedUsd = mean(set.rows.map(({ cells }) => cells[column]?.cost ?? Number.NaN));
    const factor = expectedUsd > 0 ? wantedUsd / expectedUsd : 1;
    const { input, output } = component.price;
    return { ...component, price: { input: scale(input, factor), output: scale(output, factor) } };
  });
};
