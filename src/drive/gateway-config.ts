/** The configuration of a driven gateway: components that are models of the lab, priced per token to cost what a set says. */

export interface DrivenComponent {
  readonly name: string;
  /** The lab's model that it calls. */
  readonly model: string;
  readonly effort: 'none' | 'auto';
  /** Price in USD per million tokens. */
  readonly price: { readonly input: number; readonly output: number };
}

/** An output token costs this many input tokens, as with most providers. */
const OUTPUT_TO_INPUT_PRICE = 4;
const MICRO = 1e6;

export interface CallSize {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Prices under which a call of the mean size costs `usdPerCall`; whole micro-dollars per million tokens. */
export const priceForCost = (usdPerCall: number, { inputTokens, outputTokens }: CallSize): DrivenComponent['price'] => {
  const perInputToken = usdPerCall / Math.max(1, inputTokens + OUTPUT_TO_INPUT_PRICE * outputTokens);
  const input = Math.round(perInputToken * MICRO * MICRO) / MICRO;
  return { input, output: Math.round(input * OUTPUT_TO_INPUT_PRICE * MICRO) / MICRO };
};

export interface DrivenConfiguration {
  readonly labUrl: string;
  readonly components: readonly DrivenComponent[];
  /** A preset or USD for one more solved task. */
  readonly objective: string | number;
}

/** A unified model beside `auto`: the same components, but the rules choose among them. */
export const MODEL_BY_RULES = 'auto-by-rules';

/** gearbox.yaml, written as JSON, which is YAML too. */
export const renderConfiguration = ({ labUrl, components, objective }: DrivenConfiguration): string => {
  const model = { components: components.map(({ name }) => name), objective };
  return JSON.stringify({
    version: 1,
    providers: { bench: { protocol: 'openai-chat', base_url: `${labUrl}/v1` } },
    components: Object.fromEntries(
      components.map(({ name, model, effort, price }) => [name, { model: `bench/${model}`, effort, price }]),
    ),
    models: { auto: model, [MODEL_BY_RULES]: { ...model, policy: 'rules' } },
  });
};
