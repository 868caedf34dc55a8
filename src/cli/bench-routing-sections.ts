/** The sections of the routing report, in the order of the document. */
import type { SectionMaker } from '../bench/section.ts';
import { ablationSection, labelSection } from '../bench/sections/ablations.ts';
import { calibrationSection } from '../bench/sections/calibration.ts';
import { createFamilySection } from '../bench/sections/families.ts';
import { furtherPoolsSection } from '../bench/sections/further-pools.ts';
import { createPoolSection } from '../bench/sections/pools.ts';
import { ideasSection } from '../bench/sections/ideas.ts';
import { robustnessSection } from '../bench/sections/robustness.ts';
import { routeLlmSection } from '../bench/sections/routellm.ts';
import { shippedSection } from '../bench/sections/shipped.ts';
import { speedSection } from '../bench/sections/speed.ts';
import { thicknessSection } from '../bench/sections/thickness.ts';
import { twoTiersSection } from '../bench/sections/two-tiers.ts';

export const ROUTING_SECTIONS: readonly SectionMaker[] = [
  shippedSection,
  thicknessSection,
  createPoolSection({ set: 'mix-4', withTextBaselines: true }),
  createPoolSection({ set: 'pareto-3', withTextBaselines: true }),
  createPoolSection({ set: 'mmlu_pro-5', withTextBaselines: false, maxSeeds: 1 }),
  furtherPoolsSection,
  createFamilySection({ set: 'mix-4' }),
  createFamilySection({ set: 'pareto-3' }),
  twoTiersSection,
  ablationSection,
  ideasSection,
  labelSection,
  routeLlmSection,
  calibrationSection,
  robustnessSection,
  speedSection,
];
