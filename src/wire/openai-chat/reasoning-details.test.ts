import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpaqueReasoning, ReasoningPart } from '../../canonical/content.ts';
import { fromReasoningDetails, toReasoningDetails } from './reasoning-details.ts';

const toPart = (kind: OpaqueReasoning['kind'], text: string, id?: string): ReasoningPart => {
  const part = {
    type: 'reasoning',
    text,
    summary: [],
    opaque: { kind, data: `data of ${kind}`, provenance: null },
  } as const;
  return id === undefined ? part : { ...part, id };
};

const toDetails = (part: ReasoningPart): readonly unknown[] => {
  assert.ok(part.opaque !== null);
  return toReasoningDetails(part.opaque, part);
};

test('bug-36: every kind of opaque item, with text or without, comes back from a client as it was, in order', () => {
  const parts = [
    toPart('signature', 'thought'),
    toPart('redacted', ''),
    toPart('signature', ''),
    toPart('encrypted', '', 'rs_1'),
    toPart('thought-signature', ''),
  ];
  assert.deepEqual(fromReasoningDetails(parts.flatMap(toDetails), 'thought'), parts);
});

test("another gateway's list goes out and comes back entry by entry as it was", () => {
  const details = [{ type: 'reasoning.summary', summary: 's', format: 'x', index: 0 }, { big: 1.5 }];
  const [part, ...others] = fromReasoningDetails(details, 'text');
  assert.ok(part !== undefined && others.length === 0);
  assert.equal(part.text, 'text');
  assert.deepEqual(toDetails(part), details);
});

test('text that no entry holds stays a part of its own', () => {
  const [redacted] = [toPart('redacted', '')];
  assert.deepEqual(fromReasoningDetails(toDetails(redacted), 'shown'), [
    { type: 'reasoning', text: 'shown', summary: [], opaque: null },
    redacted,
  ]);
});

test('an entry with a known format but without its data is not taken for one', () => {
  const broken = [{ type: 'reasoning.encrypted', format: 'openai-responses-v1' }];
  assert.equal(fromReasoningDetails(broken, '')[0]?.opaque?.kind, 'details');
});
