/** Where topics and requests with tools are cut into strata. */
import { quantile } from '../math/statistics.ts';
import type { DifficultyEdges, WordEdges } from '../policy/learned/ability-strata.ts';

export interface StrataOptions {
  /** [prompts] */
  readonly topics: Uint16Array;
  readonly topicCount: number;
  /** [prompts] Aligned with the topics. */
  readonly difficulties: Float64Array;
  readonly bins: number;
}

/** Fewer prompts than this in a stratum say too little about its level: thin topics are cut less or not at all. */
export const MIN_STRATUM_PROMPTS = 40;

/** Edges at equal shares of each topic's prompts; infinite where the topic is too thin for another cut. */
export const fitDifficultyEdges = ({ topics, topicCount, difficulties, bins }: StrataOptions): DifficultyEdges => {
  const edges = new Float64Array(topicCount * (bins - 1)).fill(Number.POSITIVE_INFINITY);
  for (let topic = 0; topic < topicCount; topic += 1) {
    const own = difficulties.filter((_, prompt) => topics[prompt] === topic);
    const parts = Math.max(1, Math.min(bins, Math.floor(own.length / MIN_STRATUM_PROMPTS)));
    for (let edge = 1; edge < parts; edge += 1) edges[topic * (bins - 1) + edge - 1] = quantile(own, edge / parts);
  }
  return { bins, edges };
};

/** Terciles of the requests' lengths. */
export const fitWordEdges = (words: Float64Array): WordEdges => [quantile(words, 1 / 3), quantile(words, 2 / 3)];
