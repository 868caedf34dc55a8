/**
 * Strata: the clusters of the ability map. Prompts of one topic differ in how hard they are, so each topic is cut by
 * difficulty; requests with tools are told apart by their structure, since what fails there is the form of the calls.
 */
import { STRUCTURAL_NAMES } from '../../features/structural.ts';
import type { StructuralFeatures } from '../../features/signals.ts';
import type { SoftAssignment } from '../../math/clusters.ts';

/** Topics cut by difficulty: stratum = topic × bins + bin. Topics are the cells of the map. */
export interface DifficultyEdges {
  readonly bins: number;
  /** [topics × (bins - 1)] Ascending within a topic: difficulty below the first edge is bin 0. */
  readonly edges: Float64Array;
}

export const stratumOf = ({ bins, edges }: DifficultyEdges, topic: number, difficulty: number): number => {
  let bin = 0;
  while (bin < bins - 1 && difficulty >= (edges[topic * (bins - 1) + bin] ?? Number.POSITIVE_INFINITY)) bin += 1;
  return topic * bins + bin;
};

/** Strata of a prompt between topics. `difficulty` is whatever number the edges were fitted on. */
export const toStrata = (edges: DifficultyEdges, topics: SoftAssignment, difficulty: number): SoftAssignment => ({
  clusters: topics.clusters.map((topic) => stratumOf(edges, topic, difficulty)),
  weights: topics.weights,
});

/** [topics × bins] The topic of each stratum: `AbilityScale.cellOf`. */
export const topicsOfStrata = ({ bins, edges }: DifficultyEdges): Uint16Array =>
  Uint16Array.from({ length: (edges.length / (bins - 1)) * bins }, (_, stratum) => Math.floor(stratum / bins));

/** Ascending numbers of words of the person's turn at which requests with tools are cut. */
export type WordEdges = readonly number[];

const TOOLS = STRUCTURAL_NAMES.indexOf('tools');
const WORDS = STRUCTURAL_NAMES.indexOf('words');
const NUMBERS = STRUCTURAL_NAMES.indexOf('numbers');

export const isToolRequest = (structural: StructuralFeatures): boolean => (structural[TOOLS] ?? 0) > 0;

export const wordsOf = (structural: StructuralFeatures): number => structural[WORDS] ?? 0;

export const toolStratumCount = (edges: WordEdges): number => 4 * (edges.length + 1);

/**
 * Several tools make a choice necessary, a long request asks for several calls, and one without numbers often has no
 * argument for any of them. Everything else of a request with tools is its topic, which hardly tells models apart.
 */
export const toolStratumOf = (edges: WordEdges, structural: StructuralFeatures): number => {
  const length = edges.filter((edge) => wordsOf(structural) >= edge).length;
  const hasChoice = (structural[TOOLS] ?? 0) > 1 ? 1 : 0;
  const hasNumbers = (structural[NUMBERS] ?? 0) > 0 ? 1 : 0;
  return (length * 2 + hasChoice) * 2 + hasNumbers;
};
