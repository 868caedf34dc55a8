import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataError } from '../errors.ts';
import { parseGradedAnswer, renderGradedLine, type GradedAnswer } from './graded-answer.ts';
import { toPromptDigest } from './prompt-digest.ts';

const answer: GradedAnswer = {
  source: 's',
  dataset: 'd/e',
  promptId: '7"\n',
  model: 'fast',
  score: 0.25,
  answered: 4,
  sameText: 1,
};

test('a graded line is one line and parses back, with any filler behind it', () => {
  const line = renderGradedLine(answer);
  assert.doesNotMatch(line, /\n/);
  assert.deepEqual(parseGradedAnswer(`${line}\nfiller {"lab_outcome":{}}`), answer);
});

test('an answer that is not graded, or cut in its first line, has no score', () => {
  for (const text of ['', 'hello', '{"lab_outcome":{"score":1}}', renderGradedLine(answer).slice(0, -1), 'null']) {
    assert.throws(() => parseGradedAnswer(text), DataError);
  }
});

test('a digest depends on the user texts alone, not on white space or on system messages', () => {
  const digest = toPromptDigest('what  is\n1+1? ');
  assert.equal(toPromptDigest('what is 1+1?'), digest);
  assert.equal(
    toPromptDigest([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'what is 1+1?' },
    ]),
    digest,
  );
  assert.equal(toPromptDigest('e\u0301'), toPromptDigest('é'));
  assert.notEqual(toPromptDigest('a'), toPromptDigest('A'));
  // Two user messages and their merged form are the same prompt.
  assert.equal(
    toPromptDigest([
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
    ]),
    toPromptDigest('a\n\nb'),
  );
});
