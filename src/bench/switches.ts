/**
 * A router's choices along the price of quality: every change of argmax_m p_m − λ ĉ_m as λ falls from infinity to 0,
 * once, in order. Weights of prompts do not change it, so resamples share it.
 */
import { cheapestOf, createPlace, nextOf, switchingPrice } from './envelope.ts';
import { checkComplete, type ExpectedCosts, type Predictions } from './predictions.ts';

export interface Switches {
  /** [prompts] The component at λ = ∞. */
  readonly first: Uint8Array;
  /** [changes] In order of falling λ: the prompt that changes, its component before and after, and the λ. */
  readonly prompts: Int32Array;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly lambdas: Float64Array;
}

interface Change {
  readonly prompt: number;
  readonly from: number;
  readonly to: number;
  readonly lambda: number;
}

/** Throws RangeError where a prediction or a cost is missing: who abstains must say what happens then. */
export const toSwitches = (predictions: Predictions, expectedCosts: ExpectedCosts): Switches => {
  const size = predictions[0]?.length ?? 0;
  checkComplete(predictions, predictions.length, size);
  checkComplete(expectedCosts, predictions.length, size);
  const place = createPlace(predictions.length);
  const first = new Uint8Array(size);
  const changes: Change[] = [];
  for (let prompt = 0; prompt < size; prompt += 1) {
    for (let component = 0; component < predictions.length; component += 1) {
      place.values[component] = predictions[component]?.[prompt] ?? Number.NaN;
      place.costs[component] = expectedCosts[component]?.[prompt] ?? Number.NaN;
    }
    let from = cheapestOf(place);
    first[prompt] = from;
    for (let to = nextOf(place, from); to >= 0; to = nextOf(place, from)) {
      changes.push({ prompt, from, to, lambda: switchingPrice(place, from, to) });
      from = to;
    }
  }
  changes.sort((one, other) => other.lambda - one.lambda);
  return {
    first,
    prompts: Int32Array.from(changes, ({ prompt }) => prompt),
    from: Uint8Array.from(changes, ({ from }) => from),
    to: Uint8Array.from(changes, ({ to }) => to),
    lambdas: Float64Array.from(changes, ({ lambda }) => lambda),
  };
};

/** [prompts] The component at λ: of components that are equally good there, the dearer. */
export const choicesAt = (switches: Switches, lambda: number): Uint8Array => {
  const choices = Uint8Array.from(switches.first);
  for (let change = 0; (switches.lambdas[change] ?? -1) >= lambda; change += 1) {
    choices[switches.prompts[change] ?? 0] = switches.to[change] ?? 0;
  }
  return choices;
};
