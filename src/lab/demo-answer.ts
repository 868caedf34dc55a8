/** The demonstration's answer: says that nothing real was called, what was decided and why, and what it would cost. */
import { z } from 'zod';
import { brand } from '../brand.ts';
import { MICRO_PER_USD, fromUsd, renderUsd } from '../canonical/money.ts';
import { InvalidRequestError } from '../errors.ts';

/** Request header in which the router says what it decided: base64url of a JSON object. */
export const FACTS_HEADER = `${brand.headerPrefix}lab`;

/** Longest header that is read. */
const MAX_FACTS_CHARS = 8_192;

/** Facts about the router's real decision. Every member may be absent: the answer then leaves its sentence out. */
export interface DemoFacts {
  readonly component?: string;
  readonly model?: string;
  readonly effort?: string;
  /** Why, as a sentence. */
  readonly reason?: string;
  /** What this request would cost with the pool that the visitor's likeliest key would build. */
  readonly costUsd?: number;
  /** What it would cost if every request went to thinking. */
  readonly alwaysThinkingCostUsd?: number;
  /** The real models whose catalog prices were used. */
  readonly pricedAs?: string;
  readonly thinkingPricedAs?: string;
}

const text = z.string().max(1_000).nullish();
const usd = z.number().nonnegative().nullish();

const factsSchema = z.object({
  component: text,
  model: text,
  effort: text,
  reason: text,
  cost_usd: usd,
  always_thinking_cost_usd: usd,
  priced_as: text,
  thinking_priced_as: text,
});

type RawFacts = z.infer<typeof factsSchema>;

const toFacts = (raw: RawFacts): DemoFacts => ({
  ...(typeof raw.component === 'string' ? { component: raw.component } : {}),
  ...(typeof raw.model === 'string' ? { model: raw.model } : {}),
  ...(typeof raw.effort === 'string' ? { effort: raw.effort } : {}),
  ...(typeof raw.reason === 'string' ? { reason: raw.reason } : {}),
  ...(typeof raw.cost_usd === 'number' ? { costUsd: raw.cost_usd } : {}),
  ...(typeof raw.always_thinking_cost_usd === 'number' ? { alwaysThinkingCostUsd: raw.always_thinking_cost_usd } : {}),
  ...(typeof raw.priced_as === 'string' ? { pricedAs: raw.priced_as } : {}),
  ...(typeof raw.thinking_priced_as === 'string' ? { thinkingPricedAs: raw.thinking_priced_as } : {}),
});

/** The header's facts. Throws `InvalidRequestError`: only the router sends it, so a mistake in it is ours to see. */
export const parseFacts = (header: string | undefined): DemoFacts => {
  if (header === undefined) {
    return {};
  }
  const problem = (detail: string): InvalidRequestError =>
    new InvalidRequestError(`${FACTS_HEADER}: expected base64url of a JSON object of facts: ${detail}.`, {
      field: FACTS_HEADER,
    });
  if (header.length > MAX_FACTS_CHARS) {
    throw problem(`longer than ${MAX_FACTS_CHARS} characters`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  } catch (error) {
    throw Object.assign(problem('not JSON'), { cause: error });
  }
  const parsed = factsSchema.safeParse(value);
  if (!parsed.success) {
    throw problem(parsed.error.issues[0]?.path.join('.') ?? 'not an object');
  }
  return toFacts(parsed.data);
};

const MAX_TOPIC_WORDS = 9;
const MAX_TOPIC_CHARS = 60;

/** The first characters; never half of a surrogate pair, which no client could decode. */
const takeChars = (text: string, count: number): string =>
  Array.from(text.slice(0, 2 * count))
    .slice(0, count)
    .join('');

/** The first words of a prompt on one line, so that a visitor sees that the request arrived. */
export const toTopic = (prompt: string): string => {
  const words = takeChars(prompt, 4 * MAX_TOPIC_CHARS)
    .replaceAll(/[\s"`*_<>[\]\p{Cc}]+/gu, ' ')
    .trim()
    .split(' ');
  const head = words.slice(0, MAX_TOPIC_WORDS).join(' ');
  const short = takeChars(head, MAX_TOPIC_CHARS).trimEnd();
  return short.length < words.join(' ').length ? `${short}…` : short;
};

const priced = (costUsd: number): string => renderUsd(fromUsd(costUsd));

const chosenLine = (facts: DemoFacts, model: string): string => {
  const effort = facts.effort === undefined || facts.effort === 'none' ? '' : ` at ${facts.effort} effort`;
  const why = facts.reason === undefined ? '' : `\n- Why: ${facts.reason}`;
  return `- Chosen: **${facts.component ?? model}**${effort}.${why}`;
};

const ratioOf = (more: number, less: number): string => {
  const ratio = more / less;
  return ratio >= 1.05 ? `, ${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)} times as much` : '';
};

const costLines = (facts: DemoFacts): string => {
  const { costUsd, alwaysThinkingCostUsd, pricedAs, thinkingPricedAs } = facts;
  const lines: string[] = [];
  if (costUsd !== undefined) {
    const on = pricedAs === undefined ? '' : ` on ${pricedAs}`;
    lines.push(`- With a real key this request would cost about ${priced(costUsd)}${on}.`);
  }
  if (alwaysThinkingCostUsd !== undefined) {
    const on = thinkingPricedAs === undefined ? '' : ` (${thinkingPricedAs})`;
    const isComparable = costUsd !== undefined && costUsd * MICRO_PER_USD >= 1;
    const ratio = isComparable ? ratioOf(alwaysThinkingCostUsd, costUsd) : '';
    const same = costUsd !== undefined && Math.abs(alwaysThinkingCostUsd - costUsd) * MICRO_PER_USD < 1;
    lines.push(
      same
        ? '- Always thinking would have cost the same here.'
        : `- Always thinking${on} would have cost ${priced(alwaysThinkingCostUsd)}${ratio}.`,
    );
  }
  return lines.map((line) => `\n${line}`).join('');
};

const HOW_TO_CONNECT =
  `To connect real models, set a key you have (OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, …) and start ` +
  `\`${brand.binary} serve\` again; \`${brand.binary} check\` says what it found.`;

export interface DemoInputs {
  readonly facts: DemoFacts;
  /** The lab model that was asked. */
  readonly model: string;
  /** The last user message, directive removed. */
  readonly prompt: string;
}

/** The answer's text, the same for the same inputs. */
export const renderDemoAnswer = ({ facts, model, prompt }: DemoInputs): string => {
  const topic = toTopic(prompt);
  const arrived = topic === '' ? 'Your request arrived.' : `Your request arrived: “${topic}”`;
  return [
    `Hello from the ${brand.name} lab: this answer is simulated, no model was called.`,
    `${arrived}\n\n${chosenLine(facts, model)}${costLines(facts)}`,
    HOW_TO_CONNECT,
  ].join('\n\n');
};
