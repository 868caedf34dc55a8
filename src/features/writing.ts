/** Writing: a text of a named kind is asked for, or the person's own text is to be made better. */
import { grow, joinClues, when, type Finding, type Reading } from './reading.ts';
import type { RequestedObject } from './requested-object.ts';

/** "A script of two cats in a boxing match": the thing itself opens the request. */
const FIRST_TOKENS = 3;

export const recogniseWriting = ({ cues, structure, words }: Reading, object: RequestedObject): Finding => {
  const material =
    cues.material.count > 0 || words.document !== '' || structure.quotedWords > 2 || structure.characters > 300;
  return joinClues([
    {
      rule: 'writing.artifact_asked',
      strength: when(object === 'artifact' && cues.compose.leading > 0, 0.75),
      evidence: cues.artifact.evidence,
    },
    {
      rule: 'writing.artifact_named',
      strength: when(object === 'artifact' && cues.compose.leading === 0, 0.4),
      evidence: cues.artifact.evidence,
    },
    {
      rule: 'writing.composition',
      strength: when(object === null && cues.compose.at[0] === 0 && structure.characters > 40, 0.33),
      evidence: cues.compose.evidence,
    },
    {
      rule: 'writing.artifact_first',
      strength: when((cues.artifact.at[0] ?? FIRST_TOKENS) < FIRST_TOKENS && structure.questionMarks === 0, 0.4),
      evidence: cues.artifact.evidence,
    },
    {
      rule: 'writing.artifacts',
      strength: when(object === 'artifact', grow(cues.artifact.count - 1, { first: 0.15, step: 0.1, most: 0.4 })),
      evidence: cues.artifact.evidence,
    },
    {
      rule: 'writing.rewrite',
      strength: when(cues.rewrite.leading > 0 && words.code === '', material ? 0.75 : 0.5),
      evidence: cues.rewrite.evidence,
    },
    {
      rule: 'writing.rewrite_named',
      strength: when(cues.rewrite.leading === 0 && cues.rewrite.count > 0 && material && words.code === '', 0.3),
      evidence: cues.rewrite.evidence,
    },
  ]);
};
