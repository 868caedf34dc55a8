/** The sections of the routing report, in the order of the document. */
import type { SectionMaker } from '../bench/section.ts';
import { createPoolSection } from '../bench/sections/pools.ts';
import { shippedSection } from '../bench/sections/shipped.ts';

export const ROUTING_SECTIONS: readonly SectionMaker[] = [
  createPoolSection({ set: 'mix-4', withTextBaselines: true }),
  createPoolSection({ set: 'pareto-3', withTextBaselines: true }),
  createPoolSection({ set: 'mmlu_pro-5', withTextBaselines: false, maxSeeds: 1 }),
  shippedSection,
];
