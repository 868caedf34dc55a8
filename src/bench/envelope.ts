/** One prompt's upper envelope: which component argmax_m v_m − λ c_m names as λ falls from infinity to 0. */

/** [components] of one prompt; filled anew for each prompt, since an array per prompt and resample would cost more. */
export interface Place {
  readonly values: Float64Array;
  readonly costs: Float64Array;
}

export const createPlace = (components: number): Place => ({
  values: new Float64Array(components),
  costs: new Float64Array(components),
});

/** At λ = ∞: the cheapest component, of equally cheap ones the better, of equals the first. */
export const cheapestOf = ({ values, costs }: Place): number => {
  let best = 0;
  for (let component = 1; component < costs.length; component += 1) {
    const difference = (costs[component] ?? 0) - (costs[best] ?? 0);
    if (difference < 0 || (difference === 0 && (values[component] ?? 0) > (values[best] ?? 0))) {
      best = component;
    }
  }
  return best;
};

/** The λ at which `from` gives way to `to`, which is better and dearer. */
export const switchingPrice = ({ values, costs }: Place, from: number, to: number): number =>
  ((values[to] ?? 0) - (values[from] ?? 0)) / ((costs[to] ?? 0) - (costs[from] ?? 0));

/**
 * The component that follows `from` as λ falls, or −1 where `from` stays down to λ = 0. Of several at the same λ the
 * dearest: no λ stops at the others.
 */
export const nextOf = (place: Place, from: number): number => {
  const { values, costs } = place;
  let next = -1;
  let highest = 0;
  for (let component = 0; component < values.length; component += 1) {
    if ((values[component] ?? 0) > (values[from] ?? 0) && (costs[component] ?? 0) > (costs[from] ?? 0)) {
      const price = switchingPrice(place, from, component);
      if (price > highest || (price === highest && (costs[component] ?? 0) > (costs[next] ?? 0))) {
        next = component;
        highest = price;
      }
    }
  }
  return next;
};
